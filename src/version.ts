/** The package's version, set by the build. */
export const VERSION = process.env.SESSION_VERSION ?? '0.0.0-source';
