declare const SESSION_VERSION: string | undefined;
declare const SESSION_BUILD: string | undefined;

/** The package's version, set by the build. */
export const VERSION = typeof SESSION_VERSION === 'undefined' ? '0.0.0-source' : SESSION_VERSION;

/** Names the code of this build; only the launcher has it. */
export const BUILD = typeof SESSION_BUILD === 'undefined' ? 'source' : SESSION_BUILD;
