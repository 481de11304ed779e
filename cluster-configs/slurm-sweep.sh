#!/usr/bin/env bash
# One training for each of some learning rates, as an array under Slurm.
# Edit the next three lines, then: sbatch slurm-sweep.sh
#SBATCH --array=0-2
#SBATCH --ntasks=8
#SBATCH --chdir=/scratch/YOU/cifar10
# (one job for each of the rates below; ranks of each, one a core; an existing folder that all
# machines see: it has data/, by `distrain data fetch cifar10` in it, and gets runs/)

#SBATCH --job-name=sweep
#SBATCH --time=01:00:00
#SBATCH --nodes=1
#SBATCH --cpus-per-task=1
#SBATCH --output=%x-%A-%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
# Five minutes before the limit the batch shell, and no one else, gets SIGUSR1.
#SBATCH --signal=B:USR1@300

# shellcheck source=cluster-configs/lib/job.sh
source "$(dirname -- "$(command -v distrain)")/../share/distrain/job.sh"

warning=USR1
# By its number in the array: the id of one of the jobs is that of the array, and stands for all.
requeue() {
    scontrol requeue \
        "${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}"
}

# PBS Pro (#PBS -J 0-2), LSF (#BSUB -J "sweep[1-3]") and Grid Engine (#$ -t 1-3) work alike:
# job_choice knows their variables, and begins anew after the last value.
rate=$(job_choice 0.05 0.1 0.2)
job_run train --dataset cifar10 --model cifar-net --learning-rate "$rate" \
    --output "runs/sweep-$rate" --resume auto
