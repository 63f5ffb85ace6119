# Completions of session for fish: session completion fish > ~/.config/fish/completions/session.fish
# Generated from the declared commands.

# Prints the verb, once there is one, then the words after it that are no options or their values.
function __session_words
    set -l verb
    set -l flag
    set -l is_data
    for word in (commandline -opc)[2..]
        if set -q flag[1]
            set -e flag[1]
        else if not set -q is_data[1]; and test "$word" = --
            set is_data 1
        else if not set -q is_data[1]; and string match -q -- '-?*' $word
            if __session_takes_value "$verb" $word
                set flag $word
            end
        else
            set -q verb[1]; or set verb $word
            echo -- $word
        end
    end
end

function __session_takes_value --argument-names verb flag
    switch "$verb $flag"
        case '* --output' '* -o'
            return 0
        case 'new --name' 'new --mode' 'new --root' 'new --agent' 'new --study' 'new --model' 'new --system-prompt' 'new --context' 'new --mcp-config' 'new --tag' 'new --budget-usd'
            return 0
        case 'send --file' 'send -f' 'send --timeout' 'send --stall-timeout' 'send --max-turns' 'send --max-budget-usd' 'send --max-retries' 'send --wait' 'send --wait-limit' 'send --idle' 'send --record'
            return 0
        case 'history --limit' 'history -n' 'history --before' 'history --role' 'history --since'
            return 0
        case 'list --mode' 'list --study' 'list --root' 'list --tag' 'list --state' 'list --since' 'list --limit' 'list -n'
            return 0
        case 'wait --turn' 'wait --timeout'
            return 0
        case 'watch --turn'
            return 0
        case 'tag --remove'
            return 0
        case 'search --session' 'search --role' 'search --since' 'search --until' 'search --limit' 'search -n'
            return 0
        case 'stats --by' 'stats --since' 'stats --until'
            return 0
        case 'fork --at' 'fork --name'
            return 0
        case 'export --format' 'export --out'
            return 0
        case 'gc --max-age' 'gc --idle' 'gc --purge-after' 'gc --keep-last' 'gc --max-size'
            return 0
        case 'doctor --root'
            return 0
        case 'config --root'
            return 0
    end
    return 1
end

function __session_needs_verb
    test (count (__session_words)) -eq 0
end

function __session_in --argument-names verb
    set -l words (__session_words)
    test "$words[1]" = $verb
end

# Whether a verb's word at that position, counted from 1, is being typed; or a later one.
function __session_at --argument-names verb position or_later
    set -l words (__session_words)
    test "$words[1]" = $verb; or return 1
    test (count $words) -eq $position; or test "$or_later" = or_later -a (count $words) -gt $position
end

# Asks for what is there right now.
function __session_ask --argument-names kind
    set -l program (commandline -opc)[1]
    type -q -- $program; or set program session
    $program __complete $kind (commandline -ct | string replace -r '^--[^=]*=' '' | string unescape) 2>/dev/null
end

complete -c session -f
complete -c session -n __session_needs_verb -a new -d 'Create a session and print its id'
complete -c session -n __session_needs_verb -a send -d 'Send a message and stream the answer'
complete -c session -n __session_needs_verb -a mode -d 'Show or switch the mode of a session'
complete -c session -n __session_needs_verb -a history -d 'Print the messages of a session'
complete -c session -n __session_needs_verb -a list -d 'List sessions'
complete -c session -n __session_needs_verb -a show -d 'Show everything about a session'
complete -c session -n __session_needs_verb -a study -d 'Show or switch the study of a session'
complete -c session -n __session_needs_verb -a wait -d 'Wait for a running turn; exits as the turn does'
complete -c session -n __session_needs_verb -a watch -d 'Follow a running turn from another process'
complete -c session -n __session_needs_verb -a cancel -d 'Stop the running turn and those waiting'
complete -c session -n __session_needs_verb -a stop -d 'End the warm agent and running turns of a session, or of all'
complete -c session -n __session_needs_verb -a rename -d 'Give a session another name'
complete -c session -n __session_needs_verb -a tag -d 'Show or change the tags of a session'
complete -c session -n __session_needs_verb -a pin -d 'Keep sessions from gc'
complete -c session -n __session_needs_verb -a unpin -d 'Let gc collect sessions again'
complete -c session -n __session_needs_verb -a rm -d 'Move sessions to the trash, or delete them'
complete -c session -n __session_needs_verb -a restore -d 'Bring a session back from the trash'
complete -c session -n __session_needs_verb -a search -d 'Find messages by their words'
complete -c session -n __session_needs_verb -a stats -d 'Add up tokens, cost and turns'
complete -c session -n __session_needs_verb -a fork -d 'Make a session with the history of another'
complete -c session -n __session_needs_verb -a export -d 'Write sessions out, to keep or to read'
complete -c session -n __session_needs_verb -a import -d 'Take in sessions of ours or of claude'
complete -c session -n __session_needs_verb -a gc -d 'Put old sessions into the trash, and empty it'
complete -c session -n __session_needs_verb -a mcp -d 'Serve history and studies over MCP on stdio (read-only)'
complete -c session -n __session_needs_verb -a doctor -d 'Check whether all that sessions need is in order'
complete -c session -n __session_needs_verb -a store -d 'Show how the store is and where, or make a backup of it'
complete -c session -n __session_needs_verb -a config -d 'Show and change settings'
complete -c session -n __session_needs_verb -a trust -d 'Let the programs and settings of a checkout count'
complete -c session -n __session_needs_verb -a completion -d 'Print the completions for a shell'
complete -c session -n __session_needs_verb -a schema -d 'Print the JSON Schema of every record'
complete -c session -s o -l output -r -a 'text json ndjson stream-json' -d 'Form of stdout'
complete -c session -l json -d 'Same as --output json'
complete -c session -l ndjson -d 'Same as --output ndjson'
complete -c session -s q -l quiet -d 'Nothing on stderr but errors'
complete -c session -s h -l help -d 'Show help'
complete -c session -n '__session_in new' -l name -r -d 'A name of your own, unique under the root'
complete -c session -n '__session_in new' -l if-missing -d 'With --name: print the id of the session that has it, if there is one'
complete -c session -n '__session_in new' -l mode -r -a 'user power' -d 'user: allow-listed tools; power: full access'
complete -c session -n '__session_in new' -l root -r -a '(__fish_complete_directories)' -d 'Directory the agent works in (default: the current one)'
complete -c session -n '__session_in new' -l agent -r -a 'claude mock' -d 'The program that answers'
complete -c session -n '__session_in new' -l study -r -k -a '(__session_ask studies)' -d 'Study below <root>/studies to give as context'
complete -c session -n '__session_in new' -l model -r -d 'Model the agent is to use'
complete -c session -n '__session_in new' -l system-prompt -r -d 'Text added to the agent\'s own system prompt'
complete -c session -n '__session_in new' -l context -r -F -d 'File to attach to the system prompt; may be repeated'
complete -c session -n '__session_in new' -l mcp-config -r -F -d 'MCP servers to attach, a file or JSON; may be repeated'
complete -c session -n '__session_in new' -l warm -d 'Keep the agent process up between turns'
complete -c session -n '__session_in new' -l tag -r -d 'key=value; may be repeated'
complete -c session -n '__session_in new' -l budget-usd -r -d 'Most the session may ever cost'
complete -c session -n '__session_in new' -l trust -d 'Trust the root, as "session trust" does'
complete -c session -n '__session_in new' -l pin -d 'Never collected by gc'
complete -c session -n '__session_in send' -s f -l file -r -F -d 'Read the message from a file, or - for stdin'
complete -c session -n '__session_in send' -l timeout -r -d 'How long the turn may take, such as 10m'
complete -c session -n '__session_in send' -l stall-timeout -r -d 'How long the agent may be silent (default 10m)'
complete -c session -n '__session_in send' -l max-turns -r -d 'How many model calls the turn may make'
complete -c session -n '__session_in send' -l max-budget-usd -r -d 'What the turn may cost'
complete -c session -n '__session_in send' -l max-retries -r -d 'How often a failed API call is repeated'
complete -c session -n '__session_in send' -l wait -r -d 'How long to wait for turns before this one (default 10m)'
complete -c session -n '__session_in send' -l no-wait -d 'Fail with status 6 when the session is busy'
complete -c session -n '__session_in send' -l wait-limit -r -d 'How long to wait for the end of a usage limit or overload, then go on (default: not)'
complete -c session -n '__session_in send' -l require-mcp -d 'Fail when an MCP server is not connected'
complete -c session -n '__session_in send' -l fail-on-denied -d 'Exit with status 5 when a tool was denied'
complete -c session -n '__session_in send' -l expand -d 'Let the agent act on /commands and @files in the message'
complete -c session -n '__session_in send' -l warm -d 'Keep the agent up after the turn, for the next one'
complete -c session -n '__session_in send' -l cold -d 'End a warm agent and answer with a fresh process'
complete -c session -n '__session_in send' -l idle -r -d 'How long a warm agent stays up without a turn (default 1h)'
complete -c session -n '__session_in send' -l no-stream -d 'Print the answer at the end, not as it comes'
complete -c session -n '__session_in send' -l detach -d 'Print the turn\'s id and leave it running'
complete -c session -n '__session_in send' -l dry-run -d 'Print what would be started; start and store nothing'
complete -c session -n '__session_in send' -l record -r -F -d 'Keep the agent\'s raw stream in a file'
complete -c session -n '__session_at send 1' -k -a '(__session_ask recipients)'
complete -c session -n '__session_at mode 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_at mode 2' -a 'user power'
complete -c session -n '__session_in history' -s n -l limit -r -d 'Only the newest so many messages'
complete -c session -n '__session_in history' -l before -r -d 'Only messages with a smaller id'
complete -c session -n '__session_in history' -l role -r -a 'user assistant' -d 'Only one side'
complete -c session -n '__session_in history' -l since -r -d 'Only messages since a time, or a duration ago (2h)'
complete -c session -n '__session_in history' -l tools -d 'With the tool calls'
complete -c session -n '__session_in history' -l markdown -d 'As Markdown'
complete -c session -n '__session_at history 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_in list' -l mode -r -a 'user power' -d 'Only sessions in this mode'
complete -c session -n '__session_in list' -l study -r -k -a '(__session_ask studies)' -d 'Only sessions with this study'
complete -c session -n '__session_in list' -l root -r -a '(__fish_complete_directories)' -d 'Only sessions with this root'
complete -c session -n '__session_in list' -l tag -r -d 'Only sessions with this tag (key or key=value)'
complete -c session -n '__session_in list' -l state -r -a 'idle running warm trashed' -d 'Only sessions in this state'
complete -c session -n '__session_in list' -l trash -d 'The sessions in the trash instead (same as --state trashed)'
complete -c session -n '__session_in list' -l since -r -d 'Only sessions active since a time, or a duration ago (2d)'
complete -c session -n '__session_in list' -s n -l limit -r -d 'At most so many (default 1000)'
complete -c session -n '__session_in show' -l context -d 'Print what its next turn tells the agent: the system prompt, and updates since'
complete -c session -n '__session_at show 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_in study' -l clear -d 'Go on without a study'
complete -c session -n '__session_in study' -l list -d 'List the studies below the session\'s root'
complete -c session -n '__session_at study 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_at study 2' -k -a '(__session_ask studies)'
complete -c session -n '__session_in wait' -l turn -r -d 'A turn by its id (default: the running one, else the last)'
complete -c session -n '__session_in wait' -l timeout -r -d 'Give up (status 3) after so long; the turn goes on'
complete -c session -n '__session_at wait 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_in watch' -l turn -r -d 'A turn by its id (default: the running one, else the last)'
complete -c session -n '__session_in watch' -l from-now -d 'Leave out what was said before'
complete -c session -n '__session_at watch 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_at cancel 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_in stop' -l all -d 'Every session'
complete -c session -n '__session_at stop 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_at rename 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_in tag' -l remove -r -d 'Key to remove; may be repeated'
complete -c session -n '__session_at tag 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_at pin 1 or_later' -k -a '(__session_ask sessions)'
complete -c session -n '__session_at unpin 1 or_later' -k -a '(__session_ask sessions)'
complete -c session -n '__session_in rm' -l force -d 'Stop a turn that runs, instead of failing with status 6'
complete -c session -n '__session_in rm' -l purge -d 'Delete for good, instead of moving to the trash'
complete -c session -n '__session_in rm' -l transcript -d 'With --purge: delete the agent\'s own transcript too'
complete -c session -n '__session_at rm 1 or_later' -k -a '(__session_ask sessions)'
complete -c session -n '__session_at restore 1' -k -a '(__session_ask trash)'
complete -c session -n '__session_in search' -l session -r -k -a '(__session_ask sessions)' -d 'Only in this session'
complete -c session -n '__session_in search' -l role -r -a 'user assistant' -d 'Only one side'
complete -c session -n '__session_in search' -l since -r -d 'Only messages since a time, or a duration ago (2d)'
complete -c session -n '__session_in search' -l until -r -d 'Only messages before a time, or a duration ago'
complete -c session -n '__session_in search' -s n -l limit -r -d 'At most so many (default 20)'
complete -c session -n '__session_in search' -l newest -d 'In order of time, not of relevance'
complete -c session -n '__session_in stats' -l by -r -a 'day session study model mode' -d 'What to add up by; days are those of UTC'
complete -c session -n '__session_in stats' -l since -r -d 'Only turns that ended since a time, or a duration ago (30d)'
complete -c session -n '__session_in stats' -l until -r -d 'Only turns that ended before a time, or a duration ago'
complete -c session -n '__session_in fork' -l at -r -d 'The id of the last message it is to have (default: all)'
complete -c session -n '__session_in fork' -l name -r -d 'A name for the new session'
complete -c session -n '__session_at fork 1' -k -a '(__session_ask sessions)'
complete -c session -n '__session_in export' -l all -d 'Every session that is not in the trash'
complete -c session -n '__session_in export' -l format -r -a 'jsonl markdown html' -d 'jsonl: all of it, for import; the others to read'
complete -c session -n '__session_in export' -l out -r -F -d 'Write to a file instead of stdout'
complete -c session -n '__session_in export' -l redact -d 'Mask secrets, whatever the settings say'
complete -c session -n '__session_at export 1 or_later' -k -a '(__session_ask sessions)'
complete -c session -n '__session_in import' -l merge -d 'Add turns to a session that an export brought, or that is here already'
complete -c session -n '__session_in import' -l trust -d 'Keep mode, MCP files, pins, warmth and directories as the file has them'
complete -c session -n '__session_at import 1 or_later' -F
complete -c session -n '__session_in gc' -l max-age -r -d 'Trash what was not active for so long (24h)'
complete -c session -n '__session_in gc' -l idle -r -d 'Stop warm agents idle for so long (1h)'
complete -c session -n '__session_in gc' -l purge-after -r -d 'Delete what was in the trash for so long (30d)'
complete -c session -n '__session_in gc' -l keep-last -r -d 'Keep so many sessions of each root'
complete -c session -n '__session_in gc' -l max-size -r -d 'Delete the oldest until the rest holds no more than this, such as 2GiB'
complete -c session -n '__session_in gc' -l dry-run -d 'Only report, exactly, what would be done'
complete -c session -n '__session_in gc' -l vacuum -d 'Give the free space of the store back to the system'
complete -c session -n '__session_in gc' -s v -l verbose -d 'Report, and name each session, even to a pipe'
complete -c session -n '__session_in doctor' -l root -r -a '(__fish_complete_directories)' -d 'Directory whose settings and MCP servers to check (default: the current one)'
complete -c session -n '__session_in store' -l force -d 'Let a backup replace the file that is there'
complete -c session -n '__session_at store 1' -a 'status path backup'
complete -c session -n '__session_at store 2' -F
complete -c session -n '__session_in config' -l root -r -a '(__fish_complete_directories)' -d 'Directory whose .session.json counts (default: the current one)'
complete -c session -n '__session_at config 1' -a 'get set unset list path schema'
complete -c session -n '__session_at config 2' -a 'agent mode model trustedRoots allowPower permissions.user.allow permissions.user.deny permissions.power.deny systemPrompt.text systemPrompt.file systemPrompt.replace replay.messages replay.maxChars context.maxFileBytes mcpServers mcp.builtin mcp.connectTimeout mcp.require agents.claude.command timeout wait stallTimeout maxRetries maxTurns maxBudgetUsd budgetUsd warm idle retention.maxAge retention.idle retention.purgeAfter retention.keepLast retention.maxSize redact.enabled redact.patterns redact.stream'
complete -c session -n '__session_in trust' -l list -d 'Print the roots that are trusted'
complete -c session -n '__session_in trust' -l remove -d 'Trust it no longer'
complete -c session -n '__session_at completion 1' -a 'bash zsh fish'
