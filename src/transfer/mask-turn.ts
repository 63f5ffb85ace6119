import type { NewTurn } from '../store/transfer-store.ts';
import { maskCall, maskEnd, maskFile } from './source.ts';
import type { Masking } from './source.ts';

/** A turn with possible secrets masked. */
export function maskNewTurn({ turn, messages, toolCalls, isCopy }: NewTurn, masking: Masking): NewTurn {
  const masks = new Map(messages.map(({ role }) => [role, masking.mask()]));
  return {
    isCopy,
    turn: maskEnd(turn, masking),
    messages: messages.map((message) => {
      const mask = masks.get(message.role)!;
      for (const piece of message.pieces) mask.add(piece);
      const files = message.files?.map((file) => maskFile(file, masking));
      return { ...message, pieces: [mask.takeAll()], ...(files && { files }) };
    }),
    toolCalls: [...toolCalls].map((call) => maskCall(call, masks.get('assistant'), masking)),
  };
}
