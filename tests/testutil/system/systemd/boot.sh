#!/bin/bash
# Boots a systemd of its own, with this machine's programs, until stdin ends; what is written in there goes
# to memory. Called with a cgroup that is ours, and with folders that it must see even where they are below
# /tmp or /run, which are its own. It also ends when this is killed.
set -u
group=$1
shift
bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" setpriv --pdeathsig KILL unshare --mount --pid --fork --cgroup --uts --ipc --kill-child=SIGKILL --propagation private \
  bash -c '
set -eu
base=/mnt
mount -t tmpfs tmpfs $base
mkdir $base/upper $base/work $base/root
root=$base/root
mount -t overlay overlay -o lowerdir=/,upperdir=$base/upper,workdir=$base/work $root
mount -t proc proc $root/proc
# Nothing in here may change how the kernel works.
mount --bind -o ro $root/proc/sys $root/proc/sys
mount -o remount,bind,ro $root/proc/sys
mount -t sysfs -o ro sysfs $root/sys
mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
for place in run tmp; do mount -t tmpfs tmpfs $root/$place; done
mount -t tmpfs -o mode=755 tmpfs $root/dev
for node in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 $root/dev/${node%:*} c 1 ${node#*:}
done
mknod -m 666 $root/dev/tty c 5 0
mkdir $root/dev/shm $root/dev/pts
mount -t devpts -o newinstance,ptmxmode=0666 devpts $root/dev/pts
ln -s pts/ptmx $root/dev/ptmx
ln -s /proc/self/fd $root/dev/fd
# Only what a service needs: its manager and the journal.
units=$root/etc/systemd/system
mkdir -p $units
for unit in timers.target sockets.target systemd-sysctl.service systemd-modules-load.service \
  modprobe@.service systemd-timesyncd.service systemd-udevd.service systemd-logind.service; do
  ln -sf /dev/null $units/$unit
done
rm -rf $units/*.wants
printf "[Unit]\nRequires=basic.target\nAfter=basic.target\n" >$units/wscam-test.target
for folder; do
  mkdir -p "$root$folder"
  mount --rbind "$folder" "$root$folder"
done
mkdir $root/run/old
cd $root
pivot_root . run/old
umount -l /run/old
# As systemd itself does it where it is not in a container: credentials and mounts of services need it.
mount --make-rshared /
export container=wscam-tests
exec /lib/systemd/systemd --system --unit=wscam-test.target --log-target=journal
' boot "$@" &
cat >/dev/null
kill -KILL $!
wait
# Its processes take a moment to end.
for _ in {1..100}; do
  find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null
  [ -d "$group" ] || break
  sleep 0.05
done
