# Completions of session for bash. "session completion install bash" puts this where bash finds it.

_session() {
  local line=${COMP_LINE:0:COMP_POINT} quote='' word='' c i value about typed width=0
  local -a words=() abouts=()
  # The words as the program gets them: without quotes, and not cut at COMP_WORDBREAKS.
  for ((i = 0; i < ${#line}; i++)); do
    c=${line:i:1}
    if [[ $c == \\ && $quote != \' ]]; then
      i=$((i + 1)) word+=${line:i:1}
    elif [[ $c == "$quote" ]]; then
      quote=''
    elif [[ -z $quote && $c == [\"\'] ]]; then
      quote=$c
    elif [[ -z $quote && $c == [[:space:]] ]]; then
      [[ ${line:i+1:1} == [[:space:]] ]] || words+=("$word") word=''
    else
      word+=$c
    fi
  done

  COMPREPLY=()
  # Readline puts a candidate in the place of $2 only, which is the end of the word.
  typed=${2//\\/}
  while IFS=$'\t' read -r value about; do
    case $value in
      :files) compopt -o default 2>/dev/null ;;
      :directories) compopt -o dirnames 2>/dev/null ;;
      :nothing) compopt +o default 2>/dev/null ;;
      *)
        value=${value:${#word}-${#typed}}
        [[ -n $quote ]] || printf -v value %q "$value"
        COMPREPLY+=("$value") abouts+=("$about")
        ((${#value} > width)) && width=${#value}
        ;;
    esac
  done < <("${1/#\~/$HOME}" __complete "${words[@]:1}" "$word" 2>/dev/null)

  # Descriptions are for lists that are only looked at.
  [[ ${COMP_TYPE-} == 63 && ${#COMPREPLY[@]} -gt 1 ]] || return
  for i in "${!COMPREPLY[@]}"; do
    [[ -n ${abouts[i]} ]] || continue
    printf -v value "%-${width}s  %s" "${COMPREPLY[i]}" "${abouts[i]}"
    COMPREPLY[i]=${value:0:${COLUMNS:-80}-2}
  done
}

complete -o nosort -F _session session 2>/dev/null || complete -o default -F _session session
