import type { ToolCall } from '../model/model.ts';
import type { NewTurn } from '../store/transfer.ts';
import type { Masking } from './source.ts';

/** A turn without what could be a secret. */
export function maskNewTurn({ turn, messages, toolCalls, isCopy }: NewTurn, masking: Masking): NewTurn {
  const { text, json } = masking;
  const masks = new Map(messages.map(({ role }) => [role, masking.mask()]));
  return {
    isCopy,
    turn: {
      ...turn,
      errorMessage: turn.errorMessage && text(turn.errorMessage),
      permissionDenials: json(turn.permissionDenials) as typeof turn.permissionDenials,
    },
    messages: messages.map((message) => {
      const mask = masks.get(message.role)!;
      for (const piece of message.pieces) mask.add(piece);
      return { ...message, pieces: [mask.takeAll()] };
    }),
    toolCalls: [...toolCalls].map((call): Omit<ToolCall, 'turnId'> => ({
      ...call,
      input: json(call.input),
      result: call.result && text(call.result),
      textOffset: masks.get('assistant')?.toMasked(call.textOffset) ?? call.textOffset,
    })),
  };
}
