/**
 * The version of every record the tool prints. It grows when a field is removed or changes its meaning, not when a
 * field is added.
 */
export const SCHEMA_VERSION = 1;
