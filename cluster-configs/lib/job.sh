# shellcheck shell=bash
# What the job scripts share: staging, the warning before the time limit, and going back into the
# queue. launch/install puts it into share/distrain, beside bin/distrain.
#
# A script sources it, changes what follows where its scheduler differs, and ends with job_run.
set -euo pipefail

# How ranks are started: one a core, bound to it, which the log shows. mpirun takes hosts and ranks
# from the scheduler.
launch=(mpirun --map-by slot:PE=1 --bind-to core --report-bindings)
# How a command is run once on each host.
on_each_host=(mpirun --map-by ppr:1:node)
# The signals that come before the time limit; none if empty.
warning=''
# A folder that is copied to $TMPDIR of each host and given to --data; none if empty.
stage=data
# How often the job puts itself back into the queue, and how it does that.
max_restarts=20
requeue() { :; }
# What the script exits with when it goes back, and when it has been restarted often enough.
requeue_code=75
stop_code=75
# One BLAS thread a rank is distrain's default; others that look at this variable follow.
export OMP_NUM_THREADS=1

# What Slurm, PBS, LSF or Grid Engine calls the job: the same when it starts again.
job_name=${SLURM_JOB_NAME:-${PBS_JOBNAME:-${LSB_JOBNAME:-${JOB_NAME:-job}}}}
job_id=${SLURM_JOB_ID:-${PBS_JOBID:-${LSB_JOBID:-${JOB_ID:-$$}}}}

say() { printf '%s\n' "$*"; }

# job_index: this job's number in an array, whatever the scheduler; nothing outside of one. JOB_INDEX
# is that of a job that was part of one when it was submitted first.
job_index() {
    local name
    for name in JOB_INDEX SLURM_ARRAY_TASK_ID PBS_ARRAY_INDEX LSB_JOBINDEX SGE_TASK_ID; do
        # LSF says 0 and Grid Engine "undefined" for a job that is no array.
        if [[ ${!name:-} =~ ^[0-9]+$ && $name=${!name} != LSB_JOBINDEX=0 ]]; then
            say "${!name}"
            return
        fi
    done
}

# job_choice VALUE…: the value for this job of an array, the first outside of one.
job_choice() {
    local index values=("$@")
    index=$(job_index)
    say "${values[${index:-0} % $#]}"
}

# Copies the folder to each host's own disk, and adds --data to the arguments.
job_stage() {
    staged=$TMPDIR/distrain-$job_id
    # shellcheck disable=SC2016  # expanded on each host
    if "${on_each_host[@]}" sh -c \
        'mkdir -p "$1" && cp -RL "$0/." "$1" || { rm -rf "$1"; exit 1; }' "$stage" "$staged"
    then
        arguments+=(--data "$staged")
    else
        say "$stage could not be copied to $staged: it is read where it is." >&2
        arguments+=(--data "$stage")
    fi
}

job_unstage() {
    if [[ -n ${staged:-} ]]; then "${on_each_host[@]}" rm -rf "$staged" || true; fi
}

# Waits for the ranks, and hands the warning on to them as SIGUSR1.
job_wait() {
    local pid=$1 name last=0
    for name in $warning; do
        # shellcheck disable=SC2064  # the number of now
        trap "say 'Passing SIG$name on to ${launch[0]}.'; kill -USR1 $pid || true" "$name"
    done
    status=0
    wait "$pid" || status=$?
    # A trapped signal ends a wait, while the ranks go on.
    while kill -0 "$pid" 2>/dev/null; do
        status=0
        wait "$pid" || status=$?
    done
    # The wait may have ended by a signal when the ranks did: the shell remembers what they ended with.
    wait "$pid" || last=$?
    if ((last != 127)); then status=$last; fi
}

# job_run SUBCOMMAND ARGUMENT…: runs distrain on all ranks and ends the script.
job_run() {
    local restarts=0 status=0 index counter
    arguments=("$@")
    index=$(job_index)
    counter=.restarts-$job_name${index:+-$index}
    if [[ -e $counter ]]; then restarts=$(<"$counter"); fi
    if [[ -n $stage && -n ${TMPDIR:-} ]]; then
        job_stage
    elif [[ -n $stage ]]; then
        arguments+=(--data "$stage")
    fi
    "${launch[@]}" distrain "${arguments[@]}" &
    job_wait $!
    job_unstage
    if ((status != 75)); then
        rm -f "$counter"
        exit "$status"
    fi
    if ((restarts >= max_restarts)); then
        rm -f "$counter"
        say "Checkpointed, but restarted $restarts times already: submit it again by hand." >&2
        exit "$stop_code"
    fi
    say "$((restarts + 1))" >"$counter"
    say "Checkpointed; back into the queue after restart $restarts."
    requeue
    exit "$requeue_code"
}
