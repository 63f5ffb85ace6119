/** From this version on, the agent's usage totals continue over all processes of a conversation (measured). */
const FIRST_THAT_CARRIES = [2, 1, 277] as const;

/** Whether a version's usage totals continue over all processes of a conversation. */
export function carriesSumsOver(version: string | null): boolean {
  const parts = (version ?? '').split('.').map(Number);
  const index = FIRST_THAT_CARRIES.findIndex((part, at) => parts[at] !== part);
  return index === -1 || (parts[index] ?? 0) > FIRST_THAT_CARRIES[index]!;
}
