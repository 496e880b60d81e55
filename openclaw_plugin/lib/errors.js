/** The errors that callers see: each text says what is wrong, where, and what to do. */

/** The request itself is wrong: to repeat it is of no use. */
export class BadRequest extends Error {
  code = "INVALID_PARAMS";
}

/** A file of memory has as much as it may have. */
export class MemoryFull extends Error {
  code = "MEMORY_FULL";
}

/** A file of memory cannot be written now. */
export class MemoryUnwritable extends Error {
  code = "MEMORY_UNWRITABLE";
}
