/** The records of what is stored. Times are ISO 8601 in UTC. */
import * as v from 'valibot';
import { ANSWERS } from './approval.ts';
import { AGENTS, EFFORTS, MODES, ROLES, SESSION_STATES, TURN_STATUSES } from './model.ts';
import { MEDIA_TYPES } from './message-file.ts';
import { CHANGED_FIELDS } from './session-change.ts';
import { toolCall, usage, usageByModel } from './turn-records.ts';

const about = v.description;
const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const usd = v.pipe(v.number(), v.minValue(0));
const time = v.pipe(text, v.isoTimestamp());

export const session = v.object({
  id: v.pipe(text, about('Eight hexadecimal characters.')),
  name: v.nullable(text),
  mode: v.picklist(MODES),
  state: v.picklist(SESSION_STATES),
  is_alive: v.pipe(v.boolean(), about('Whether an agent process of the session is up.')),
  root: v.pipe(text, about('The directory the agent works in, absolute.')),
  study: v.nullable(text),
  agent: v.picklist(AGENTS),
  model: v.nullable(text),
  effort: v.nullable(v.picklist(EFFORTS)),
  fallback_model: v.nullable(text),
  agent_session_id: v.nullable(v.pipe(text, about("The agent's own id of the conversation."))),
  warm: v.pipe(v.boolean(), about('Whether its agent is kept up between turns.')),
  ask: v.pipe(v.boolean(), about('Whether tool calls that nothing allows wait for `approve` or `deny`.')),
  pinned: v.boolean(),
  tags: v.record(text, text),
  message_count: count,
  turn_count: count,
  cost_usd: usd,
  budget_usd: v.nullable(usd),
  created_at: time,
  last_active_at: time,
  trashed_at: v.nullable(time),
});

/** A session's warm agent, in `show`. */
export const warmAgent = v.object({
  pid: v.nullable(count),
  since: time,
  idle_left_ms: v.nullable(
    v.pipe(count, about('Until it ends without another turn; null when its host does not answer.')),
  ),
});

export const message = v.object({
  id: count,
  session_id: text,
  turn_id: count,
  role: v.picklist(ROLES),
  content: text,
  status: v.pipe(v.picklist(TURN_STATUSES), about('Of its turn.')),
  files: v.pipe(
    v.array(
      v.object({
        name: text,
        media_type: v.picklist(MEDIA_TYPES),
        bytes: count,
        sha256: v.pipe(text, about('Of its content.')),
      }),
    ),
    about('What was sent with it (`send --attach`).'),
  ),
  tool_calls: v.array(toolCall),
  output: v.pipe(v.unknown(), about('The structured answer, with `--schema`; null when there is none.')),
  cost_usd: usd,
  created_at: time,
});

export const turn = v.object({
  id: count,
  session_id: text,
  status: v.picklist(TURN_STATUSES),
  continuity: v.nullable(text),
  error: v.nullable(v.object({ code: text, message: v.nullable(text), retry_at: v.nullable(time) })),
  usage: v.nullable(usage),
  usage_by_model: v.nullable(usageByModel),
  cost_usd: usd,
  num_turns: v.nullable(count),
  output: v.pipe(v.unknown(), about('The structured answer; null when there is none.')),
  duration_ms: v.nullable(count),
  ttft_ms: v.nullable(count),
  model: v.nullable(text),
  agent_version: v.nullable(text),
  exit_code: v.nullable(v.number()),
  queued_at: time,
  started_at: v.nullable(time),
  ended_at: v.nullable(time),
});

/** A tool call that waits for an answer, or the answer that it got. */
export const approval = v.object({
  id: v.pipe(text, about('Twelve hexadecimal characters; `approve` and `deny` also take its beginning.')),
  session_id: text,
  turn_id: count,
  tool_use_id: v.pipe(text, about("The agent's own id of the call.")),
  tool: text,
  input: v.unknown(),
  rule: v.nullable(v.pipe(text, about('What `approve --always` allows; null where no rule says just that.'))),
  asked_at: time,
  expires_at: v.pipe(time, about('When it is denied by itself.')),
  answer: v.nullable(v.picklist(ANSWERS)),
  message: v.nullable(v.pipe(text, about('What the agent was told with a denial.'))),
  always: v.pipe(v.boolean(), about('Whether the rule was added to the session.')),
});

export const modeSwitch = v.object({
  session_id: text,
  from: v.picklist(MODES),
  to: v.picklist(MODES),
  by: v.pipe(text, about('The system user who asked.')),
  at: time,
});

/** A change of a session by a user, including mode switches. */
export const sessionChange = v.object({
  session_id: text,
  what: v.picklist(CHANGED_FIELDS),
  from: v.pipe(v.unknown(), about('As `show` says it; of attached files their paths.')),
  to: v.unknown(),
  by: v.pipe(text, about('The system user who asked.')),
  at: time,
});

/** What `set` prints without a change. */
export const sessionGiven = v.object({
  ...session.entries,
  system_prompt: v.nullable(text),
  context_files: v.array(text),
  mcp_configs: v.pipe(v.array(text), about('Files, or JSON.')),
  added_dirs: v.pipe(v.array(text), about('Directories that the agent may use beside the root.')),
  allowed_tools: v.pipe(v.array(text), about('Rules that were added with `approve --always`.')),
});

/** What `show` prints. */
export const sessionDetails = v.object({
  ...sessionGiven.entries,
  warm_agent: v.nullable(warmAgent),
  mode_switches: v.array(modeSwitch),
  changes: v.pipe(v.array(sessionChange), about('The oldest first, mode switches among them.')),
  last_turns: v.pipe(v.array(turn), about('The newest first.')),
});

/** What `stop` ended in a session. */
export const stopped = v.object({
  session_id: text,
  turns: v.pipe(v.array(count), about('Their ids.')),
  was_warm: v.pipe(v.boolean(), about('Whether a warm agent was ended.')),
});

export const setting = v.object({
  key: text,
  value: v.pipe(v.unknown(), about('As one writes it; null when unset.')),
  origin: v.picklist(['env', 'project', 'user', 'default']),
  source: v.nullable(v.pipe(text, about('The file or variable it comes from.'))),
  about: text,
  variable: v.nullable(v.pipe(text, about('The environment variable that sets it.'))),
});

/** What `config path` prints. */
export const trust = v.object({
  root: v.pipe(text, about('The directory; those below it are others.')),
  is_trusted: v.boolean(),
  source: v.nullable(v.pipe(text, about('The file or variable that names it; null when none does.'))),
  refusal: v.nullable(v.pipe(text, about('Why it is not trusted although it is named.'))),
});
export const settingPaths = v.object({
  home: v.pipe(text, about('The directory of everything we keep.')),
  config: v.pipe(text, about('The settings of the user.')),
  project: v.pipe(text, about('The settings of the project, if there are any.')),
  store: text,
  run: v.pipe(text, about('Working files of live turns.')),
});

/** The result of one check of `doctor`. */
export const check = v.object({
  name: text,
  status: v.pipe(
    v.picklist(['ok', 'warn', 'fail']),
    about('`warn` works, but not as it should; `fail` does not.'),
  ),
  detail: text,
  hint: v.nullable(v.pipe(text, about('What to do about it.'))),
});

/** How commands such as `send --detach` name a turn. */
export const turnReference = v.object({
  session_id: text,
  turn_id: count,
  status: v.picklist(TURN_STATUSES),
});
