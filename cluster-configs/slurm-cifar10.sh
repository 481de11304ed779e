#!/usr/bin/env bash
# ResNet-18 on CIFAR-10 under Slurm. Edit the next three lines, then: sbatch slurm-cifar10.sh
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=8
#SBATCH --chdir=/scratch/YOU/cifar10
# (how many machines; ranks on each, one a core; a folder that all machines see: it has data/ and
# gets runs/. The folder must exist: mkdir -p it, and `distrain data fetch cifar10 --data data` in
# it.)

#SBATCH --job-name=cifar10
#SBATCH --time=04:00:00
#SBATCH --cpus-per-task=1
#SBATCH --output=%x-%j.log
#SBATCH --open-mode=append
#SBATCH --requeue
# Five minutes before the limit the batch shell, and no one else, gets SIGUSR1.
#SBATCH --signal=B:USR1@300

set -euo pipefail

# How often the job may put itself back into the queue.
max_restarts=20

# One BLAS thread a rank is distrain's default; others that look at this variable follow.
export OMP_NUM_THREADS=1
# Since Slurm 22.05 srun does not take over --cpus-per-task by itself.
export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK

# 512 images in microbatches of 32 are work for up to 16 ranks. The run has one name, and
# --resume auto goes on with what it has left: a job that starts again needs no other command.
mpirun --map-by "slot:PE=$SLURM_CPUS_PER_TASK" --bind-to core --report-bindings \
    distrain train --dataset cifar10 --data data --model resnet18 --epochs 30 \
    --batch-size 512 --microbatch 32 --output runs/resnet18 --resume auto &
pid=$!

# mpirun hands the signal on to all ranks; they write a checkpoint and exit with 75.
trap 'echo "Passing SIGUSR1 on to mpirun."; kill -USR1 "$pid" || true' USR1

# A trapped signal ends a wait with 128 + its number, while mpirun goes on.
interrupted=$((128 + $(kill -l USR1)))
status=0
wait "$pid" || status=$?
while ((status == interrupted)); do
    status=0
    wait "$pid" || status=$?
done

if ((status == 75)); then
    if ((${SLURM_RESTART_COUNT:-0} < max_restarts)); then
        echo "Checkpointed; back into the queue after restart ${SLURM_RESTART_COUNT:-0}."
        scontrol requeue "$SLURM_JOB_ID"
    else
        echo "Checkpointed, but restarted $max_restarts times already: submit it again by hand." >&2
    fi
fi
exit "$status"
