# Completions of session for fish. "session completion install fish" puts this where fish finds it.

function __session_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    type -q -- $program; or set program session
    set -l typed (commandline -ct)
    set -l unquoted (string unescape -- $typed)
    set -l lines ($program __complete $words[2..-1] "$unquoted" 2>/dev/null)
    switch "$lines[-1]"
        case :files
            complete -C "'' $typed"
        case :directories
            string match -- '*/' (complete -C "'' $typed")
        case '*'
            printf '%s\n' $lines[1..-2]
    end
end

complete -c session -f -k -a '(__session_complete)'
