#!/usr/bin/env bash
# ResNet-18 on CIFAR-10 under Slurm, by srun.
# Edit the next three lines, then: sbatch slurm-srun.sh
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=8
#SBATCH --chdir=/scratch/YOU/cifar10
# (how many machines; ranks on each, one a core; an existing folder that all machines see: it has
# data/, by `distrain data fetch cifar10` in it, and gets runs/)

#SBATCH --job-name=cifar10
#SBATCH --time=04:00:00
#SBATCH --cpus-per-task=1
#SBATCH --output=%x-%j.log
#SBATCH --open-mode=append
#SBATCH --requeue
# Five minutes before the limit the batch shell, and no one else, gets SIGUSR1.
#SBATCH --signal=B:USR1@300

# shellcheck source=cluster-configs/lib/job.sh
source "$(dirname -- "$(command -v distrain)")/../share/distrain/job.sh"

warning=USR1
requeue() { scontrol requeue "$SLURM_JOB_ID"; }
# `srun --mpi=list` has to name pmix: without it ranks do not know of each other, and distrain
# refuses (exit code 77). Since Slurm 22.05 srun does not take over --cpus-per-task by itself.
export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK
launch=(srun --mpi=pmix "--cpu-bind=verbose,cores")
on_each_host=(srun "--ntasks=$SLURM_JOB_NUM_NODES" --ntasks-per-node=1)

# 512 images in microbatches of 32 are work for up to 16 ranks. The run has one name, and
# --resume auto goes on with what it has left: a job that starts again needs no other command.
job_run train --dataset cifar10 --model resnet18 --epochs 30 --batch-size 512 --microbatch 32 \
    --output runs/resnet18 --resume auto
