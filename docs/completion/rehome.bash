# Completion of rehome for bash. Commands and options come from the program's own help.
_rehome() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= candidate
    for candidate in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $candidate == -* ]] || command=${command:-$candidate}
    done
    case $previous in
    -C | --directory) COMPREPLY=($(compgen -d -- "$word")) && return ;;
    --dump | -o | --output) COMPREPLY=($(compgen -f -- "$word")) && return ;;
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$(rehome help $command 2>/dev/null | grep -o -- '--[a-z-]*' | sort -u)" -- "$word"))
    elif [[ $command == rejects ]]; then
        COMPREPLY=($(compgen -W "show export retry waive" -- "$word"))
    elif [[ -z $command || $command == help ]]; then
        COMPREPLY=($(compgen -W "$(rehome help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')" -- "$word"))
    fi
}
complete -F _rehome rehome
