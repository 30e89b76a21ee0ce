# For scripts that explain themselves. To be sourced by bash.

# Prints the comment at the head of a script.
usage() { # SCRIPT
    sed -n '2,/^set/{s/^# \{0,1\}//p}' "$1"
}
