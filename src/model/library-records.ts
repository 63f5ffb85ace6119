/** The records of search, statistics, export and import. */
import * as v from 'valibot';
import { ROLES } from './model.ts';
import { usage } from './turn-records.ts';

const about = v.description;
const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const usd = v.pipe(v.number(), v.minValue(0));
const time = v.pipe(text, v.isoTimestamp());

export const searchHit = v.object({
  session_id: text,
  session_name: v.nullable(text),
  message_id: count,
  turn_id: count,
  role: v.picklist(ROLES),
  created_at: time,
  snippet: v.pipe(text, about('The part of the message around the match.')),
  matches: v.pipe(
    v.array(v.tuple([count, count])),
    about('The positions of the words in the snippet: start and end, in UTF-16 units.'),
  ),
  score: v.pipe(v.number(), about('Relevance. Compare it only within one search.')),
});

export const stats = v.object({
  by: v.picklist(['day', 'session', 'study', 'model', 'mode']),
  key: v.nullable(v.pipe(text, about('The day (in UTC), session id, study, model or mode; null for none.'))),
  name: v.pipe(v.nullable(text), about('The name of the session, with `--by session`; else null.')),
  turns: v.pipe(count, about('Turns that have ended.')),
  completed: v.pipe(count, about('How many of these completed.')),
  num_turns: v.pipe(count, about('Model calls.')),
  denials: v.pipe(count, about('Tool calls that were not permitted.')),
  usage,
  cache_read_ratio: v.nullable(
    v.pipe(v.number(), about('The share of the input that came from the prompt cache, from 0 to 1.')),
  ),
  cost_usd: usd,
  duration_ms: v.pipe(count, about('The total duration of all turns.')),
});

export const importReport = v.object({
  source: v.pipe(text, about('The file; `-` for stdin.')),
  format: v.nullable(v.pipe(v.picklist(['session', 'claude']), about('Null when nothing was recognised.'))),
  sessions: v.pipe(count, about('Sessions that were added.')),
  turns: v.pipe(count, about('Turns that were added.')),
  known_turns: v.pipe(count, about('Turns that existed already.')),
  left_turns: v.pipe(
    count,
    about('Turns that were left out because their session is here already; `--merge` adds them.'),
  ),
  bad_lines: v.pipe(count, about('Lines that could not be used.')),
  session_ids: v.pipe(v.array(text), about('The sessions that were added or got new turns.')),
});
