# Completions of session for bash: source <(session completion bash)
# Generated from the declared commands.

__session_verbs() {
  printf '%s\n' \
    'new	Create a session and print its id' \
    'send	Send a message and stream the answer' \
    'mode	Show or switch the mode of a session' \
    'history	Print the messages of a session' \
    'list	List sessions' \
    'show	Show everything about a session' \
    'study	Show or switch the study of a session' \
    'wait	Wait for a running turn; exits as the turn does' \
    'watch	Follow a running turn from another process' \
    'cancel	Stop the running turn and those waiting' \
    'stop	End the warm agent and running turns of a session, or of all' \
    'rename	Give a session another name' \
    'tag	Show or change the tags of a session' \
    'pin	Keep sessions from gc' \
    'unpin	Let gc collect sessions again' \
    'rm	Move sessions to the trash, or delete them' \
    'restore	Bring a session back from the trash' \
    'search	Find messages by their words' \
    'stats	Add up tokens, cost and turns' \
    'fork	Make a session with the history of another' \
    'export	Write sessions out, to keep or to read' \
    'import	Take in sessions of ours or of claude' \
    'gc	Put old sessions into the trash, and empty it' \
    'mcp	Serve history and studies over MCP on stdio (read-only)' \
    'doctor	Check whether all that sessions need is in order' \
    'store	Show how the store is and where, or make a backup of it' \
    'config	Show and change settings' \
    'trust	Let the programs and settings of a checkout count' \
    'completion	Print the completions for a shell' \
    'schema	Print the JSON Schema of every record'
}

# The options of a verb.
__session_options() {
  case $1 in
    new)
      printf '%s\n' \
        '--name	A name of your own, unique under the root' \
        '--if-missing	With --name: print the id of the session that has it, if there is one' \
        '--mode	user: allow-listed tools; power: full access' \
        '--root	Directory the agent works in (default: the current one)' \
        '--agent	The program that answers' \
        '--study	Study below <root>/studies to give as context' \
        '--model	Model the agent is to use' \
        '--system-prompt	Text added to the agent'\''s own system prompt' \
        '--context	File to attach to the system prompt; may be repeated' \
        '--mcp-config	MCP servers to attach, a file or JSON; may be repeated' \
        '--warm	Keep the agent process up between turns' \
        '--tag	key=value; may be repeated' \
        '--budget-usd	Most the session may ever cost' \
        '--trust	Trust the root, as "session trust" does' \
        '--pin	Never collected by gc'
      ;;
    send)
      printf '%s\n' \
        '--file	Read the message from a file, or - for stdin' \
        '--timeout	How long the turn may take, such as 10m' \
        '--stall-timeout	How long the agent may be silent (default 10m)' \
        '--max-turns	How many model calls the turn may make' \
        '--max-budget-usd	What the turn may cost' \
        '--max-retries	How often a failed API call is repeated' \
        '--wait	How long to wait for turns before this one (default 10m)' \
        '--no-wait	Fail with status 6 when the session is busy' \
        '--wait-limit	How long to wait for the end of a usage limit or overload, then go on (default: not)' \
        '--require-mcp	Fail when an MCP server is not connected' \
        '--fail-on-denied	Exit with status 5 when a tool was denied' \
        '--expand	Let the agent act on /commands and @files in the message' \
        '--warm	Keep the agent up after the turn, for the next one' \
        '--cold	End a warm agent and answer with a fresh process' \
        '--idle	How long a warm agent stays up without a turn (default 1h)' \
        '--no-stream	Print the answer at the end, not as it comes' \
        '--detach	Print the turn'\''s id and leave it running' \
        '--dry-run	Print what would be started; start and store nothing' \
        '--record	Keep the agent'\''s raw stream in a file'
      ;;
    history)
      printf '%s\n' \
        '--limit	Only the newest so many messages' \
        '--before	Only messages with a smaller id' \
        '--role	Only one side' \
        '--since	Only messages since a time, or a duration ago (2h)' \
        '--tools	With the tool calls' \
        '--markdown	As Markdown'
      ;;
    list)
      printf '%s\n' \
        '--mode	Only sessions in this mode' \
        '--study	Only sessions with this study' \
        '--root	Only sessions with this root' \
        '--tag	Only sessions with this tag (key or key=value)' \
        '--state	Only sessions in this state' \
        '--trash	The sessions in the trash instead (same as --state trashed)' \
        '--since	Only sessions active since a time, or a duration ago (2d)' \
        '--limit	At most so many (default 1000)'
      ;;
    show)
      printf '%s\n' \
        '--context	Print what its next turn tells the agent: the system prompt, and updates since'
      ;;
    study)
      printf '%s\n' \
        '--clear	Go on without a study' \
        '--list	List the studies below the session'\''s root'
      ;;
    wait)
      printf '%s\n' \
        '--turn	A turn by its id (default: the running one, else the last)' \
        '--timeout	Give up (status 3) after so long; the turn goes on'
      ;;
    watch)
      printf '%s\n' \
        '--turn	A turn by its id (default: the running one, else the last)' \
        '--from-now	Leave out what was said before'
      ;;
    stop)
      printf '%s\n' \
        '--all	Every session'
      ;;
    tag)
      printf '%s\n' \
        '--remove	Key to remove; may be repeated'
      ;;
    rm)
      printf '%s\n' \
        '--force	Stop a turn that runs, instead of failing with status 6' \
        '--purge	Delete for good, instead of moving to the trash' \
        '--transcript	With --purge: delete the agent'\''s own transcript too'
      ;;
    search)
      printf '%s\n' \
        '--session	Only in this session' \
        '--role	Only one side' \
        '--since	Only messages since a time, or a duration ago (2d)' \
        '--until	Only messages before a time, or a duration ago' \
        '--limit	At most so many (default 20)' \
        '--newest	In order of time, not of relevance'
      ;;
    stats)
      printf '%s\n' \
        '--by	What to add up by; days are those of UTC' \
        '--since	Only turns that ended since a time, or a duration ago (30d)' \
        '--until	Only turns that ended before a time, or a duration ago'
      ;;
    fork)
      printf '%s\n' \
        '--at	The id of the last message it is to have (default: all)' \
        '--name	A name for the new session'
      ;;
    export)
      printf '%s\n' \
        '--all	Every session that is not in the trash' \
        '--format	jsonl: all of it, for import; the others to read' \
        '--out	Write to a file instead of stdout' \
        '--redact	Mask secrets, whatever the settings say'
      ;;
    import)
      printf '%s\n' \
        '--merge	Add turns to a session that an export brought, or that is here already' \
        '--trust	Keep mode, MCP files, pins, warmth and directories as the file has them'
      ;;
    gc)
      printf '%s\n' \
        '--max-age	Trash what was not active for so long (24h)' \
        '--idle	Stop warm agents idle for so long (1h)' \
        '--purge-after	Delete what was in the trash for so long (30d)' \
        '--keep-last	Keep so many sessions of each root' \
        '--max-size	Delete the oldest until the rest holds no more than this, such as 2GiB' \
        '--dry-run	Only report, exactly, what would be done' \
        '--vacuum	Give the free space of the store back to the system' \
        '--verbose	Report, and name each session, even to a pipe'
      ;;
    doctor)
      printf '%s\n' \
        '--root	Directory whose settings and MCP servers to check (default: the current one)'
      ;;
    store)
      printf '%s\n' \
        '--force	Let a backup replace the file that is there'
      ;;
    config)
      printf '%s\n' \
        '--root	Directory whose .session.json counts (default: the current one)'
      ;;
    trust)
      printf '%s\n' \
        '--list	Print the roots that are trusted' \
        '--remove	Trust it no longer'
      ;;
  esac
  printf '%s\n' \
    '--output	Form of stdout' \
    '--json	Same as --output json' \
    '--ndjson	Same as --output ndjson' \
    '--quiet	Nothing on stderr but errors' \
    '--help	Show help'
}

# Sets kind to what the value of an option is; fails for an option that takes none.
__session_value() {
  case "$1 $2" in
    *\ --output | *\ -o) kind='text json ndjson stream-json' ;;
    'new '--name) kind='<anything>' ;;
    'new '--mode) kind='user power' ;;
    'new '--root) kind='<directories>' ;;
    'new '--agent) kind='claude mock' ;;
    'new '--study) kind='<ask studies>' ;;
    'new '--model) kind='<anything>' ;;
    'new '--system-prompt) kind='<anything>' ;;
    'new '--context) kind='<files>' ;;
    'new '--mcp-config) kind='<files>' ;;
    'new '--tag) kind='<anything>' ;;
    'new '--budget-usd) kind='<anything>' ;;
    'send '--file | 'send '-f) kind='<files>' ;;
    'send '--timeout) kind='<anything>' ;;
    'send '--stall-timeout) kind='<anything>' ;;
    'send '--max-turns) kind='<anything>' ;;
    'send '--max-budget-usd) kind='<anything>' ;;
    'send '--max-retries) kind='<anything>' ;;
    'send '--wait) kind='<anything>' ;;
    'send '--wait-limit) kind='<anything>' ;;
    'send '--idle) kind='<anything>' ;;
    'send '--record) kind='<files>' ;;
    'history '--limit | 'history '-n) kind='<anything>' ;;
    'history '--before) kind='<anything>' ;;
    'history '--role) kind='user assistant' ;;
    'history '--since) kind='<anything>' ;;
    'list '--mode) kind='user power' ;;
    'list '--study) kind='<ask studies>' ;;
    'list '--root) kind='<directories>' ;;
    'list '--tag) kind='<anything>' ;;
    'list '--state) kind='idle running warm trashed' ;;
    'list '--since) kind='<anything>' ;;
    'list '--limit | 'list '-n) kind='<anything>' ;;
    'wait '--turn) kind='<anything>' ;;
    'wait '--timeout) kind='<anything>' ;;
    'watch '--turn) kind='<anything>' ;;
    'tag '--remove) kind='<anything>' ;;
    'search '--session) kind='<ask sessions>' ;;
    'search '--role) kind='user assistant' ;;
    'search '--since) kind='<anything>' ;;
    'search '--until) kind='<anything>' ;;
    'search '--limit | 'search '-n) kind='<anything>' ;;
    'stats '--by) kind='day session study model mode' ;;
    'stats '--since) kind='<anything>' ;;
    'stats '--until) kind='<anything>' ;;
    'fork '--at) kind='<anything>' ;;
    'fork '--name) kind='<anything>' ;;
    'export '--format) kind='jsonl markdown html' ;;
    'export '--out) kind='<files>' ;;
    'gc '--max-age) kind='<anything>' ;;
    'gc '--idle) kind='<anything>' ;;
    'gc '--purge-after) kind='<anything>' ;;
    'gc '--keep-last) kind='<anything>' ;;
    'gc '--max-size) kind='<anything>' ;;
    'doctor '--root) kind='<directories>' ;;
    'config '--root) kind='<directories>' ;;
    *) return 1 ;;
  esac
}

# Sets kind to what the word at a position is.
__session_positional() {
  case "$1 $2" in
    'send 1') kind='<ask recipients>' ;;
    'send '*) kind='<anything>' ;;
    'mode 1') kind='<ask sessions>' ;;
    'mode 2') kind='user power' ;;
    'history 1') kind='<ask sessions>' ;;
    'show 1') kind='<ask sessions>' ;;
    'study 1') kind='<ask sessions>' ;;
    'study 2') kind='<ask studies>' ;;
    'wait 1') kind='<ask sessions>' ;;
    'watch 1') kind='<ask sessions>' ;;
    'cancel 1') kind='<ask sessions>' ;;
    'stop 1') kind='<ask sessions>' ;;
    'rename 1') kind='<ask sessions>' ;;
    'rename 2') kind='<anything>' ;;
    'tag 1') kind='<ask sessions>' ;;
    'tag '*) kind='<anything>' ;;
    'pin '*) kind='<ask sessions>' ;;
    'unpin '*) kind='<ask sessions>' ;;
    'rm '*) kind='<ask sessions>' ;;
    'restore 1') kind='<ask trash>' ;;
    'search '*) kind='<anything>' ;;
    'fork 1') kind='<ask sessions>' ;;
    'export '*) kind='<ask sessions>' ;;
    'import '*) kind='<files>' ;;
    'store 1') kind='status path backup' ;;
    'store 2') kind='<files>' ;;
    'config 1') kind='get set unset list path schema' ;;
    'config 2') kind='agent mode model trustedRoots allowPower permissions.user.allow permissions.user.deny permissions.power.deny systemPrompt.text systemPrompt.file systemPrompt.replace replay.messages replay.maxChars context.maxFileBytes mcpServers mcp.builtin mcp.connectTimeout mcp.require agents.claude.command timeout wait stallTimeout maxRetries maxTurns maxBudgetUsd budgetUsd warm idle retention.maxAge retention.idle retention.purgeAfter retention.keepLast retention.maxSize redact.enabled redact.patterns redact.stream' ;;
    'config '*) kind='<anything>' ;;
    'trust 1') kind='<anything>' ;;
    'completion 1') kind='bash zsh fish' ;;
    *) kind='' ;;
  esac
}

_session() {
  local IFS=$' \t\n' line=${COMP_LINE:0:COMP_POINT} word trimmed i last
  local -a words=()
  COMPREPLY=()

  # Puts together again what COMP_WORDBREAKS (=, @ and : are in it) took apart.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    trimmed=${line#"${line%%[![:space:]]*}"}
    ((i == COMP_CWORD)) && word=$trimmed
    if ((i > 0)) && [[ $line == "$trimmed" ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    line=${trimmed#"$word"}
  done
  last=$((${#words[@]} - 1))

  local verb='' flag='' kind='' position=1 is_data=''
  for ((i = 1; i < last; i++)); do
    word=${words[i]}
    if [[ -n $flag ]]; then
      flag=''
    elif [[ -z $is_data && $word == -- ]]; then
      is_data=1
    elif [[ -z $is_data && $word == -?* ]]; then
      [[ $word != *=* ]] && __session_value "$verb" "$word" && flag=$word
    elif [[ -z $verb ]]; then
      verb=$word
    else
      position=$((position + 1))
    fi
  done

  local typed=${words[last]} lead=''
  if [[ -n $flag ]]; then
    __session_value "$verb" "$flag"
  elif [[ -z $is_data && $typed == --*=* ]]; then
    lead=${typed%%=*}=
    typed=${typed#*=}
    __session_value "$verb" "${lead%=}" || return
  elif [[ -z $is_data && $typed == -* ]]; then
    kind='<options>'
  elif [[ -z $verb ]]; then
    kind='<verbs>'
  else
    __session_positional "$verb" "$position"
  fi

  case $kind in
    '' | '<anything>') ;;
    '<files>') __session_paths -f default ;;
    '<directories>') __session_paths -d dirnames ;;
    *) __session_reply "$1" ;;
  esac
}

# Leaves paths to readline, which knows how to quote them; before bash 4 it can't be asked to.
__session_paths() {
  if ! compopt -o "$2" 2>/dev/null; then
    local IFS=$'\n'
    COMPREPLY=($(compgen "$1" -- "$typed"))
  fi
}

# The candidates of a kind, each with a tab and its title where it has one.
__session_candidates() {
  local program=$1
  case $kind in
    '<verbs>') __session_verbs ;;
    '<options>') __session_options "$verb" ;;
    '<ask '*)
      kind=${kind#<ask }
      "${program/#\~/$HOME}" __complete "${kind%>}" "${typed//\\/}" 2>/dev/null
      ;;
    *) printf '%s\n' $kind ;;
  esac
}

# Fills COMPREPLY with the candidates that fit what was typed, quoted as that was.
__session_reply() {
  local value title shown quote='' breaks='' strip=$lead width=0 i
  local -a titles=()
  case $typed in
    \"* | \'*)
      quote=${typed:0:1}
      typed=${typed:1}
      ;;
    *)
      # Readline replaces only what follows the last of these.
      for i in = :; do [[ $COMP_WORDBREAKS == *"$i"* ]] && breaks+=$i; done
      shown=$lead$typed
      [[ -n $breaks ]] && strip=${shown%"${shown##*[$breaks]}"}
      ;;
  esac
  while IFS=$'\t' read -r value title; do
    shown=$value
    [[ -z $quote ]] && printf -v shown %q "$value"
    [[ $shown == "$typed"* ]] || continue
    shown=$lead$shown
    shown=${shown#"$strip"}
    COMPREPLY+=("$shown")
    titles+=("$title")
    ((${#shown} > width)) && width=${#shown}
  done < <(__session_candidates "$1")

  # Titles are for lists that are only looked at.
  [[ ${COMP_TYPE-} == 63 && ${#COMPREPLY[@]} -gt 1 ]] || return
  for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
    [[ -n ${titles[i]} ]] || continue
    printf -v shown "%-${width}s  %s" "${COMPREPLY[i]}" "${titles[i]}"
    COMPREPLY[i]=${shown:0:${COLUMNS:-80}-2}
  done
}

complete -o nosort -F _session session 2>/dev/null || complete -F _session session
