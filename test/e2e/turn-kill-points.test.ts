import { expect, test } from 'vitest';
import { chooseSteps, killAt, listSteps } from '../support/kill-points.ts';
import { Place, type Content } from '../support/run.ts';

const SCRIPT = 'stream 20ms one two three four five six';
const ANSWER = 'one two three four five six';

/** What is wrong with a session after a `send` was killed in front of a step and another one followed; nothing, one hopes. */
async function findDamage(place: Place, step: number, isHanded: boolean): Promise<string[]> {
  const damage: string[] = [];
  const id = await place.newSession();
  const killed = await place.run(['send', id, SCRIPT, '--ndjson'], killAt(step));
  // Output that goes out in one piece more or less makes the last step a different one.
  if (killed.signal !== 'SIGKILL' && killed.code !== 0) damage.push(`it ended with ${killed.code}`);
  const [waited, next] = await Promise.all([place.run(['wait', id]), place.run(['send', id, 'say next'])]);
  if (next.code !== 0 || next.stdout !== 'next\n') damage.push(`the next send: ${JSON.stringify(next)}`);
  if (![0, 130].includes(waited.code!)) damage.push(`the wait: ${JSON.stringify(waited)}`);
  const messages = await place.history(id);
  const asked = messages.filter(({ content }) => content === SCRIPT);
  const answers = messages.filter(
    ({ turn_id, role }) => turn_id === asked[0]?.['turn_id'] && role === 'assistant',
  );
  if (asked.length > 1 || answers.length > 1) damage.push('something is there twice');
  if (asked[0]?.['status'] === 'completed' && answers[0]?.['content'] !== ANSWER)
    damage.push(`the answer is ${JSON.stringify(answers)}`);
  if (isHanded && asked[0]?.['status'] !== 'completed') damage.push('the answer is lost');
  if (!isInOrder(messages)) damage.push('the order is wrong');
  const { message_count, turn_count } = await place.show(id);
  if (message_count !== messages.length || turn_count !== asked.length + 1)
    damage.push('the counts are wrong');
  await place.expectNothingLeft();
  return damage;
}

function isInOrder(messages: Content[]): boolean {
  const last = messages.slice(-2).map(({ content }) => content as string);
  return last[0] === 'say next' && last[1] === 'next';
}

test('a send killed at any step: the next command settles the turn, once', { timeout: 900_000 }, async () => {
  const place = new Place();
  const first = await place.newSession();
  await place.must('send', first, 'say so that all code is compiled');
  const steps = await listSteps(place, ['send', first, SCRIPT, '--ndjson']);
  const spawn = steps.findIndex((step) => step.startsWith('spawn '));
  const handed = steps.findIndex((step, at) => at > spawn && step === 'write stream') + 1;
  expect(handed).toBeGreaterThan(spawn);
  const found: string[] = [];
  for (const step of chooseSteps(steps, 6)) {
    const damage = await findDamage(place, step, step > handed).catch((error: unknown) => [String(error)]);
    found.push(...damage.map((each) => `killed in front of step ${step} (${steps[step - 1]}): ${each}`));
  }
  expect(found).toEqual([]);
});
