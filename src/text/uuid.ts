/** The ids of agents' conversations. Anything else must not become part of a path or an argument. */
export const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
