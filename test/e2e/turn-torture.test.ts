import { expect, test } from 'vitest';
import { isTorture, Place, type Content } from '../support/run.ts';
import { Random } from '../support/random.ts';
import { readSnapshot } from '../../src/store/sqlite/engine/snapshot.ts';
import { startStrangers } from '../support/strangers.ts';

/** SESSION_TORTURE=full is the run whose numbers are quoted; without it, one that CI has time for. */
const KILLS = isTorture ? 200 : 24;
const SESSIONS = 4;
interface Sent {
  n: number;
  /** Whether its `done` was seen. */
  isAcknowledged: boolean;
}

function scriptOf(n: number): string {
  return `stream 15ms answer ${n} is made of a few words and ends in ${n}`;
}

function answerOf(n: number): string {
  return `answer ${n} is made of a few words and ends in ${n}`;
}

/** Sends one message after the other and kills the sends at any moment of the time that one takes. */
async function sendAndKill(place: Place, id: string, kills: number, random: Random): Promise<Sent[]> {
  const sent: Sent[] = [];
  let spanMs = 0;
  for (let killed = 0, n = 1; killed < kills; n++) {
    const since = Date.now();
    const running = place.start(['send', id, scriptOf(n), '--ndjson']);
    const kill = (): unknown => running.kill('SIGKILL');
    let timer: NodeJS.Timeout | undefined;
    // Every other kill comes when the agent has begun: half of a short turn is the program's own start.
    if (spanMs > 0 && n % 2 === 0) timer = setTimeout(kill, random.below(spanMs));
    if (spanMs > 0 && n % 2 === 1)
      running.child.stdout!.once('data', () => (timer = setTimeout(kill, random.below(spanMs / 2))));
    const { code, signal, stdout, stderr } = await running.ended;
    clearTimeout(timer);
    if (signal === 'SIGKILL') killed++;
    else if (code !== 0) throw new Error(`send ${n} ended with ${code}: ${stderr}`);
    // The machine may be slower now than it was.
    else spanMs = Math.max(spanMs * 0.8, (Date.now() - since) * 1.1);
    sent.push({ n, isAcknowledged: stdout.includes('"type":"done"') });
  }
  return sent;
}

/** What is wrong with a session; nothing, one hopes. */
function findDamage(sent: Sent[], messages: Content[]): string[] {
  const damage: string[] = [];
  const asked = messages.filter(({ role }) => role === 'user');
  const numbers = asked.map(({ content }) => Number(/\d+$/.exec(content as string)![0]));
  if (String(numbers) !== String(numbers.toSorted((a, b) => a - b))) damage.push(`order: ${String(numbers)}`);
  if (new Set(numbers).size !== numbers.length) damage.push(`doubled: ${String(numbers)}`);
  for (const { n, isAcknowledged } of sent)
    if (isAcknowledged && !numbers.includes(n)) damage.push(`acknowledged ${n} is lost`);
  for (const [at, question] of asked.entries()) {
    const answers = messages.filter(
      ({ turn_id, role }) => turn_id === question['turn_id'] && role === 'assistant',
    );
    const n = numbers[at]!;
    const { isAcknowledged } = sent.find((each) => each.n === n)!;
    const answer = answers[0]?.['content'] as string | undefined;
    if (answers.length > 1) damage.push(`${n} was answered twice`);
    if (question['status'] === 'completed' && answer !== answerOf(n)) damage.push(`${n}: ${answer}`);
    if (isAcknowledged && question['status'] !== 'completed')
      damage.push(`${n}: acknowledged, but ${question['status']}`);
    if (!answerOf(n).startsWith(answer ?? '')) damage.push(`${n}: ${answer}`);
    if (!['completed', 'interrupted'].includes(question['status'] as string))
      damage.push(`${n} is ${question['status']}`);
  }
  return damage;
}

test(
  `${KILLS} sends killed at random, beside other programs at the store: no answer is lost, doubled or out of order`,
  { timeout: 1_800_000 },
  async () => {
    const place = new Place();
    const random = new Random(Date.now());
    const ids = await Promise.all(Array.from({ length: SESSIONS }, () => place.newSession()));
    const store = `${place.home}/sessions.sqlite`;
    const strangers = await startStrangers(store, ['read 5', 'backup 200', 'write 20'], [0.05]);
    const sent = await Promise.all(
      ids.map((id, at) =>
        sendAndKill(place, id, Math.ceil(KILLS / SESSIONS), new Random(random.below(2 ** 31) + at)),
      ),
    );
    const foreign = await strangers?.stop();
    expect(await readSnapshot(store, (db) => db.get('PRAGMA integrity_check'), { isSealed: true })).toEqual({
      integrity_check: 'ok',
    });
    const counts: Record<string, number> = {};
    for (const [at, id] of ids.entries()) {
      await place.must('send', id, 'say the last');
      const messages = await place.history(id);
      expect(messages.splice(-2).map(({ content }) => content)).toEqual(['say the last', 'the last']);
      expect(findDamage(sent[at]!, messages)).toEqual([]);
      for (const { role, status } of messages)
        if (role === 'user') counts[status] = (counts[status] ?? 0) + 1;
      const { message_count, turn_count } = await place.show(id);
      expect(message_count).toBe(messages.length + 2);
      expect(turn_count).toBe(messages.filter(({ role }) => role === 'user').length + 1);
    }
    await place.expectNothingLeft();
    console.log(JSON.stringify({ kills: KILLS, sends: sent.flat().length, turns: counts, foreign }));
  },
);
