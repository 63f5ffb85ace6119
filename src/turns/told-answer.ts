import { rechunk } from '../agents/process/rechunk.ts';
import type { TurnOutput } from '../model/records.ts';
import type { LeaseStore } from '../store/lease-store.ts';
import type { TurnEnd } from '../store/turn-store.ts';

/** What a turn had told when its machine was lost, as an answer. */
export async function readToldAnswer(
  leases: LeaseStore,
  turnId: number,
): Promise<Pick<TurnEnd, 'answer' | 'toolCalls'>> {
  const texts: string[] = [];
  const calls = new Map<string, TurnEnd['toolCalls'] extends Iterable<infer Call> ? Call : never>();
  const tell = (output: TurnOutput): void => {
    if (output.type === 'text') texts.push(output.content);
    if (output.type === 'discard') texts.splice(texts.length - output.count);
    if (output.type === 'tool_call') {
      const { id, name, input } = output;
      const textOffset = texts.reduce((sum, { length }) => sum + length, 0);
      calls.set(id, { id, name, input, result: null, isError: false, denied: false, textOffset });
    }
    if (output.type !== 'tool_result') return;
    const call = calls.get(output.id);
    const { content: result, is_error: isError, denied } = output;
    if (call) calls.set(output.id, { ...call, result, isError, denied: denied === true });
  };
  for (let after = 0; ;) {
    const parts = await leases.told(turnId, after);
    for (const { records } of parts) (JSON.parse(records) as TurnOutput[]).forEach(tell);
    if (parts.length === 0) break;
    after = parts.at(-1)!.n;
  }
  return {
    answer: { [Symbol.iterator]: () => rechunk(texts) },
    toolCalls: [...calls.values()],
  };
}
