import { describe, expect, it } from 'vitest';
import { LiveMask } from '../../../src/turns/live-mask.ts';
import { createRedactor, redactEnd } from '../../../src/turns/redact.ts';
import { findOpenKey } from '../../../src/turns/secret-patterns.ts';
import { newTurn, turnEnd } from '../../support/store-model.ts';

const usual = createRedactor({ patterns: null });
/** Put together here, so that nothing in the repository looks like a key to those who scan for them. */
const KEY = `sk-ant-api03-${'aB3_'.repeat(10)}`;
const PEM = `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${`${'Ab0+/'.repeat(12)}\n`.repeat(40)}-----END RSA ${'PRIVATE'} KEY-----`;

/** Letters and digits that no scanner knows. */
const mixed = (length: number): string => 'aB3xQ9'.repeat(Math.ceil(length / 6)).slice(0, length);
const hex = (length: number): string => '0a1f9c'.repeat(Math.ceil(length / 6)).slice(0, length);

describe('what is masked', () => {
  it.each([
    [KEY],
    [`sk-proj-${'x1'.repeat(20)}`],
    [`sk_${'live'}_${mixed(24)}`],
    [`whsec_${mixed(32)}`],
    [`gsk_${mixed(52)}`],
    [`xai-${mixed(80)}`],
    [`AKIA${'A1B2'.repeat(4)}`],
    [`ghp_${'a1'.repeat(18)}`],
    [`github_pat_${'a_'.repeat(15)}`],
    [`glpat-${'x'.repeat(20)}`],
    [`xoxb-${'1234567890-'.repeat(2)}abc`],
    [`M${mixed(23)}.${mixed(6)}.${mixed(38)}`],
    [`123456789:AA${mixed(33)}`],
    [`AIza${'S'.repeat(35)}`],
    [`GOCSPX-${mixed(28)}`],
    [`npm_${'b2'.repeat(18)}`],
    [`dckr_pat_${mixed(27)}`],
    [`hf_${'Q'.repeat(34)}`],
    [`SG.${mixed(22)}.${mixed(43)}`],
    [`key-${hex(32)}`],
    [`${hex(32)}-us12`],
    [`SK${hex(32)}`],
    [`hvs.${mixed(90)}`],
    [`dp.pt.${mixed(43)}`],
    [`dapi${hex(32)}`],
    [`dop_v1_${hex(64)}`],
    [`glsa_${mixed(32)}_${hex(8)}`],
    [`ATATT3x${mixed(60)}`],
    [`shpat_${hex(32)}`],
    [`lin_api_${mixed(40)}`],
    [`secret_${mixed(43)}`],
    [`AGE-SECRET-KEY-1${'QPZR'.repeat(15)}`],
    [`eyJ${'h'.repeat(10)}.eyJ${'p'.repeat(10)}.${'s'.repeat(20)}`],
    [`eyJ${'h'.repeat(10)}..${mixed(16)}.${mixed(20)}.${mixed(22)}`],
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
    [`Authorization: token ${hex(40)}`, 'Authorization: token [redacted]'],
    [`X-Api-Key: ${mixed(24)}`, 'X-Api-Key: [redacted]'],
    [`Cookie: session=${mixed(24)}; theme=dark`, 'Cookie: [redacted]'],
    ['psql postgres://me:s3cret!@db:5432/x', 'psql postgres://me:[redacted]@db:5432/x'],
    [`git clone https://${mixed(40)}@github.com/me/x`, 'git clone https://[redacted]@github.com/me/x'],
    ['DB_PASSWORD=hunter2 npm start', 'DB_PASSWORD=[redacted] npm start'],
    ['{"api_key": "correct horse"}', '{"api_key": "[redacted]"}'],
    ['{"api_key": "correct horse', '{"api_key": "[redacted] horse'],
    ['{\\"password\\": \\"battery\\"}', '{\\"password\\": \\"[redacted]\\"}'],
    ["const secret = 'battery';", "const secret = '[redacted]';"],
    ['password: staple1', 'password: [redacted]'],
    [`aws_secret_access_key = ${mixed(20)}/${mixed(19)}`, 'aws_secret_access_key = [redacted]'],
    [`aws_session_token = ${mixed(200)}`, 'aws_session_token = [redacted]'],
    [`export GITHUB_TOKEN=${mixed(30)}`, 'export GITHUB_TOKEN=[redacted]'],
    [`TOKEN=${mixed(12)} make`, 'TOKEN=[redacted] make'],
    [`{"token":"${mixed(20)}"}`, '{"token":"[redacted]"}'],
    [`//packages.example/:_authToken=${mixed(36)}`, '//packages.example/:_authToken=[redacted]'],
    [
      `AccountName=me;AccountKey=${mixed(86)}==;EndpointSuffix=x`,
      'AccountName=me;AccountKey=[redacted];EndpointSuffix=x',
    ],
    [`https://me.blob/x?se=2030&sig=${mixed(43)}%3D`, 'https://me.blob/x?se=2030&sig=[redacted]'],
    ['Server=db;User Id=me;Password=hunter2;', 'Server=db;User Id=me;Password=[redacted];'],
    [
      'machine api.github.com login me password hunter2',
      'machine api.github.com login me password [redacted]',
    ],
    ['machine h\n  login me\n  password hunter2\n', 'machine h\n  login me\n  password [redacted]\n'],
    ['tool --password hunter2 --verbose', 'tool --password [redacted] --verbose'],
    ['tool --api-key="swordfish"', 'tool --api-key="[redacted]"'],
    ['curl -s -u me:hunter2 https://x', 'curl -s -u me:[redacted] https://x'],
    ['curl --user "me:hunter2" https://x', 'curl --user "me:[redacted]" https://x'],
    ['mysqldump -u me -phunter2 db', 'mysqldump -u me -p[redacted] db'],
    ['docker login -u me -p hunter2 registry', 'docker login -u me -p [redacted] registry'],
    [`https://discord.com/api/webhooks/123456/${mixed(60)}`, 'https://discord.com/api/webhooks/[redacted]'],
  ])('in %j only the secret itself', (text, masked) => {
    expect(usual.text(text)).toBe(masked);
  });

  it.each([
    'Set the password: it must be long.',
    'const password = await readPassword(prompt);',
    'const password2 = config.password1;',
    'PASSWORD=$(cat /run/secret) ./x',
    'interface Login { password: string; apiKey?: string }',
    'git show 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    'task-oriented desk-bound sk-short eyJustKidding',
    'http://localhost:8080/a@b',
    'ssh://git@github.com/me/x user@example.com',
    'max_tokens: 123456789',
    'max_tokens=123456789 next_page_token=CAUQAA12345',
    'const token = lexer.next(); token: string',
    'Use --password to set it, or the --token option.',
    'docker login --password-stdin < file',
    'curl -u me https://x:8080/',
    'The curl: -u flag takes user and password.',
    'machine learning with a password manager',
    'key-value-store SG.short hvs. a1b2c3d4-us1',
    'Cookies: chocolate chip',
    'sha256:0a1f9c0a1f9c0a1f9c0a1f9c0a1f9c0a1f9c0a1f9c0a1f9c0a1f9c0a1f9c0a1f',
    '550e8400-e29b-41d4-a716-446655440000',
  ])('not %j', (text) => {
    expect(usual.text(text)).toBe(text);
  });

  it.each([' ', 'eyJ', 'curl ', '-----BEGIN ', 'secret', 'token="', '://', 'authorization: ', 'a.', '_'])(
    'is found in linear time among many %j',
    (word) => {
      const begun = performance.now();
      usual.text(word.repeat(100_000 / word.length));
      expect(performance.now() - begun).toBeLessThan(5000);
    },
  );

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
        [`by ${KEY}`]: 1,
        [`by ${KEY}x`]: 2,
      }),
    ).toEqual({
      command: 'echo [redacted]',
      env: { API_KEY: '[redacted]', password: '', max_tokens: 5 },
      list: ['[redacted]', null],
      'by [redacted]': 1,
      'by [redacted] 2': 2,
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
