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
