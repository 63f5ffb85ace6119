/** The version of every record the tool prints. It grows when a field goes or changes its meaning, not when one is added. */
export const SCHEMA_VERSION = 1;
