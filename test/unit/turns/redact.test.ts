import { describe, expect, it } from 'vitest';
import { LiveMask } from '../../../src/turns/live-mask.ts';
import { createRedactor, redactEnd } from '../../../src/turns/redact.ts';
import { findOpenKey } from '../../../src/turns/secret-patterns.ts';
import { newTurn, turnEnd } from '../../support/store-model.ts';

const usual = createRedactor({ patterns: null });
/** Put together here, so that nothing in the repository looks like a key to those who scan for them. */
const KEY = `sk-ant-api03-${'aB3_'.repeat(10)}`;
const PEM = `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${`${'Ab0+/'.repeat(12)}\n`.repeat(40)}-----END RSA ${'PRIVATE'} KEY-----`;

describe('what is masked', () => {
  it.each([
    [KEY],
    [`sk-proj-${'x1'.repeat(20)}`],
    [`AKIA${'A1B2'.repeat(4)}`],
    [`ghp_${'a1'.repeat(18)}`],
    [`github_pat_${'a_'.repeat(15)}`],
    [`glpat-${'x'.repeat(20)}`],
    [`xoxb-${'1234567890-'.repeat(2)}abc`],
    [`AIza${'S'.repeat(35)}`],
    [`npm_${'b2'.repeat(18)}`],
    [`hf_${'Q'.repeat(34)}`],
    [`eyJ${'h'.repeat(10)}.eyJ${'p'.repeat(10)}.${'s'.repeat(20)}`],
    [PEM],
    [PEM.replaceAll('\n', String.raw`\n`)],
    [PEM.slice(0, 600)],
  ])('is a key (%#)', (secret) => {
    expect(usual.text(`it is ${secret}, really`)).toBe('it is [redacted], really');
    expect(usual.text(secret)).toBe('[redacted]');
  });

  it.each([
    ['Authorization: Bearer abcdef0123456789abcdef', 'Authorization: Bearer [redacted]'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic [redacted]'],
    ['psql postgres://me:s3cret!@db:5432/x', 'psql postgres://me:[redacted]@db:5432/x'],
    ['DB_PASSWORD=hunter2 npm start', 'DB_PASSWORD=[redacted] npm start'],
    ['{"api_key": "correct horse"}', '{"api_key": "[redacted] horse"}'],
    ['{\\"password\\": \\"battery\\"}', '{\\"password\\": \\"[redacted]\\"}'],
    ["const secret = 'battery';", "const secret = '[redacted]';"],
    ['password: staple1', 'password: [redacted]'],
  ])('in %j only the secret itself', (text, masked) => {
    expect(usual.text(text)).toBe(masked);
  });

  it.each([
    'Set the password: it must be long.',
    'const password = await readPassword(prompt);',
    'PASSWORD=$(cat /run/secret) ./x',
    'interface Login { password: string; apiKey?: string }',
    'git show 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    'task-oriented desk-bound sk-short eyJustKidding',
    'http://localhost:8080/a@b',
    'max_tokens: 123456789',
  ])('not %j', (text) => {
    expect(usual.text(text)).toBe(text);
  });

  it('is what the patterns say, when there are any', () => {
    const own = createRedactor({ patterns: ['ACME-\\d+', '(?<=pin )\\d{4}'] });
    expect(own.text(`ACME-12 pin 1234 ${KEY}`)).toBe(`[redacted] pin [redacted] ${KEY}`);
  });

  it('is every text in a value, and all that goes by the name of a secret', () => {
    expect(
      usual.json({
        command: `echo ${KEY}`,
        env: { API_KEY: 'x y', password: '', max_tokens: 5 },
        list: [KEY, null],
      }),
    ).toEqual({
      command: 'echo [redacted]',
      env: { API_KEY: '[redacted]', password: '', max_tokens: 5 },
      list: ['[redacted]', null],
    });
  });
});

describe('a text in pieces', () => {
  const text = `a ${KEY} b\n${PEM}\n c ${KEY}${'x'.repeat(40_000)} d\n`.repeat(3);
  const whole = usual.text(text);

  it.each([1, 7, 64, 5_000, 70_000])(
    'is masked as if it were whole (pieces of %d)',
    (size) => {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
      expect([...usual.pieces(pieces)].join('')).toBe(whole);
      expect(whole).not.toMatch(/aB3_|Ab0/);
    },
    60_000,
  );

  it('tells where places of the original are in what came out', () => {
    const mask = usual.mask();
    const said = `one ${KEY} two ${KEY} three`;
    mask.add(said);
    const out = mask.takeAll();
    for (const word of ['one', 'two', 'three'])
      expect(mask.toMasked(said.indexOf(word))).toBe(out.indexOf(word));
  });
});

describe('an answer that is masked while it is said', () => {
  const redaction = { patterns: null, stream: true };

  function say(live: LiveMask, text: string, size: number): string {
    let out = '';
    for (let at = 0; at < text.length; at += size) out += live.add(text.slice(at, at + size));
    return out;
  }

  it('goes out line by line, keys over several lines when they have ended', () => {
    const live = new LiveMask(redaction);
    expect(say(live, `The key ${KEY}`, 3)).toBe('');
    expect(say(live, ' is it.\nAnd', 3)).toBe('The key [redacted] is it.\n');
    expect(say(live, `: ${PEM.slice(0, -10)}`, 50)).toBe('');
    expect(findOpenKey(PEM.slice(0, -40))).toBe(0);
    expect(say(live, `${PEM.slice(-10)}\nDone`, 4)).toBe('And: [redacted]\n');
    expect(live.flush()).toBe('Done');
  });

  it('takes back what was superseded, and says again what stands', () => {
    const live = new LiveMask(redaction);
    expect(live.add('kept\nfirst\nsec')).toBe('kept\nfirst\n');
    expect(live.discard('sec'.length)).toEqual({ count: 0, again: '' });
    expect(live.add('second\nthi')).toBe('second\n');
    expect(live.discard('first\nsecond\nthi'.length)).toEqual({ count: 2, again: 'kept\n' });
    expect(live.add('anew\n')).toBe('anew\n');
  });
});

it('is masked in how a turn failed and what it was denied', () => {
  const denial = { tool_name: 'Bash', tool_use_id: 't', tool_input: { command: `echo ${KEY}` } };
  const end = turnEnd({ errorMessage: `bad ${KEY}`, permissionDenials: [denial] });
  const { limits } = newTurn('aaaa0001');
  expect(redactEnd(end, limits)).toBe(end);
  expect(redactEnd(end, { ...limits, redact: { patterns: null, stream: false } })).toMatchObject({
    errorMessage: 'bad [redacted]',
    permissionDenials: [{ tool_name: 'Bash', tool_input: { command: 'echo [redacted]' } }],
  });
});
