/**
 * Constants of SQLite's C headers that never change, and that the VFS uses: result codes, flags, and the layout of
 * `struct sqlite3_vfs` and `struct sqlite3_io_methods` (https://www.sqlite.org/c3ref/vfs.html, …/io_methods.html).
 */

export const RESULT = {
  OK: 0,
  BUSY: 5,
  NOTFOUND: 12,
  FULL: 13,
  CANTOPEN: 14,
  IOERR_READ: 266,
  IOERR_SHORT_READ: 522,
  IOERR_WRITE: 778,
  IOERR_FSYNC: 1034,
  IOERR_TRUNCATE: 1546,
  IOERR_FSTAT: 1802,
  IOERR_UNLOCK: 2058,
  IOERR_DELETE: 2570,
  IOERR_ACCESS: 3338,
  IOERR_LOCK: 3850,
  IOERR_CLOSE: 4106,
} as const;

export const OPEN = { READONLY: 0x1, READWRITE: 0x2, CREATE: 0x4, EXCLUSIVE: 0x10 } as const;

export const LOCK = { NONE: 0, SHARED: 1, RESERVED: 2, PENDING: 3, EXCLUSIVE: 4 } as const;

/** A torn write changes nothing outside the bytes written. */
export const IOCAP_POWERSAFE_OVERWRITE = 0x1000;

/** Slots of `struct sqlite3_vfs`, in 32-bit words. */
export const VFS_SLOT = {
  iVersion: 0,
  szOsFile: 1,
  mxPathname: 2,
  zName: 4,
  xOpen: 6,
  xDelete: 7,
  xAccess: 8,
  xRandomness: 14,
} as const;

/** The methods of `struct sqlite3_io_methods` version 1, in order, with their WebAssembly signatures (`j` is an i64). */
export const IO_METHODS = {
  xClose: 'ii',
  xRead: 'iiiij',
  xWrite: 'iiiij',
  xTruncate: 'iij',
  xSync: 'iii',
  xFileSize: 'iii',
  xLock: 'iii',
  xUnlock: 'iii',
  xCheckReservedLock: 'iii',
  xFileControl: 'iiii',
  xSectorSize: 'ii',
  xDeviceCharacteristics: 'ii',
} as const;
export type IoMethod = keyof typeof IO_METHODS;
