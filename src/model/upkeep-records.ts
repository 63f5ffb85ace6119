/** The records of maintenance. */
import * as v from 'valibot';

const about = v.description;
const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const tally = v.object({ sessions: count, bytes: count });

export const gc = v.object({
  type: v.literal('gc'),
  settled_turns: v.pipe(count, about('Turns whose process was gone, finished from their logs.')),
  stopped_agents: v.pipe(count, about('Warm agents that had been idle for too long.')),
  trashed: v.pipe(tally, about('Moved to the trash.')),
  purged: v.pipe(tally, about('Deleted for good, perhaps of those just trashed.')),
  purged_for_size: v.pipe(tally, about('Of the purged ones, those that went for --max-size alone.')),
  removed_directories: v.pipe(count, about('Leftover directories of run files.')),
  kept: v.pipe(
    v.object({
      sessions: count,
      bytes: count,
      reasons: v.pipe(
        v.object({
          pinned: count,
          running: count,
          warm: count,
          young: v.pipe(count, about('Active within --max-age.')),
          last: v.pipe(count, about('Among the --keep-last of their root.')),
          trash: v.pipe(count, about('In the trash for less than --purge-after.')),
        }),
        about('How many sessions were kept for each reason, the first that holds.'),
      ),
    }),
    about('Neither trashed nor purged.'),
  ),
  stored_bytes: v.pipe(count, about('The content of all sessions afterwards.')),
  freed_bytes: v.nullable(
    v.pipe(v.number(), about('What --vacuum returned to the system; null when nothing was vacuumed.')),
  ),
});

export const gcSession = v.object({
  type: v.literal('gc_session'),
  action: v.picklist(['trash', 'purge']),
  session_id: text,
  name: v.nullable(text),
  root: text,
  bytes: count,
  last_active_at: v.pipe(text, v.isoTimestamp()),
});

export const removal = v.object({
  session_id: text,
  action: v.pipe(v.picklist(['trash', 'purge', 'none']), about('`none`: it was in the trash already.')),
  transcripts: v.pipe(count, about('Files of the agent that were removed too.')),
});

/** What `store status` prints. */
export const storeStatus = v.object({
  path: text,
  exists: v.boolean(),
  bytes: count,
  free_bytes: v.pipe(count, about('In pages that hold nothing; `gc --vacuum` returns them to the system.')),
  schema_version: v.pipe(count, about('Of the file; 0 where it is empty.')),
  known_schema_version: v.pipe(count, about('The one this program writes.')),
  sessions: v.pipe(count, about('With those in the trash.')),
  turns: count,
  messages: count,
  journal_bytes: v.pipe(count, about('Of a transaction that is going on or was cut short.')),
  lock: v.nullable(
    v.object({
      owner: v.pipe(text, about('Empty where it does not say.')),
      state: v.picklist(['held', 'abandoned', 'unknown']),
    }),
  ),
});

/** What `store path` prints. */
export const storePath = v.object({
  path: v.pipe(text, about('A file, or the URL of a database without its password.')),
});

/** What `store copy` prints. */
export const storeCopy = v.object({
  path: text,
  to: text,
  sessions: v.pipe(count, about('That were not there, or had less.')),
  known: v.pipe(count, about('That were there already.')),
  turns: v.pipe(count, about('Of both, compared with their copies.')),
  messages: count,
  left_out: v.pipe(v.array(text), about('Sessions that are in use.')),
});

/** What `store migrate` prints. */
export const storeMigrate = v.object({
  path: text,
  from: v.pipe(count, about('The version of the schema before; 0 where there was no store.')),
  to: count,
});

/** What `store backup` prints. */
export const storeBackup = v.object({
  file: v.pipe(text, about('An ordinary SQLite database, which can be used as a store again.')),
  bytes: count,
});
