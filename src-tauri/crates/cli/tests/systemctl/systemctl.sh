#!/bin/sh
# Stands in for systemctl. The files beside it are what it knows: `complaint` for everything,
# `refuse-VERB` for one verb, `enabled`, `active`, `pid`, and `packaged` for a unit that no person
# wrote.
here=${0%/*}
echo "$*" >> "$here/calls"
verb=$2

if [ -f "$here/complaint" ]; then
    read -r words < "$here/complaint" || true
    echo "$words" >&2
    exit 1
fi
if [ -f "$here/refuse-$verb" ]; then
    read -r words < "$here/refuse-$verb" || true
    echo "Created symlink from here to there." >&2
    echo "$words" >&2
    exit 1
fi

unit=$HOME/.config/systemd/user/postern.service
known=
[ -f "$here/packaged" ] && read -r known < "$here/packaged"
[ -f "$unit" ] && known=$unit

case $verb in
    enable)
        [ -f "$unit" ] || exit 1
        echo > "$here/enabled"
        echo active > "$here/active"
        ;;
    disable)
        /bin/rm -f "$here/enabled" "$here/active"
        ;;
    show)
        active=inactive pid=0 enabled=disabled
        [ -f "$here/active" ] && { read -r active < "$here/active" || true; }
        [ -f "$here/pid" ] && { read -r pid < "$here/pid" || true; }
        [ -f "$here/enabled" ] && enabled=enabled
        [ -n "$known" ] || enabled=
        echo "Result=exit-code"
        echo "ExecMainStatus=5"
        echo "MainPID=$pid"
        echo "ActiveState=$active"
        echo "SubState=auto-restart"
        echo "UnitFileState=$enabled"
        echo "FragmentPath=$known"
        ;;
esac
exit 0
