/** Node's crypto takes longer to load than a short command may take. So it is loaded only when an id is made. */
const loadCrypto = () => process.getBuiltinModule('node:crypto');

/** For a session: 8 hex characters. */
export function newSessionId(): string {
  return loadCrypto().randomBytes(4).toString('hex');
}

/** For the agent's own session. */
export function newUuid(): string {
  return loadCrypto().randomUUID();
}
