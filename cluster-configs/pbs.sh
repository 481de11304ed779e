#!/usr/bin/env bash
# ResNet-18 on CIFAR-10 under PBS Pro.
# Edit the next three lines, then, in this folder: qsub pbs.sh
#PBS -l select=2:ncpus=8:mpiprocs=8:ompthreads=1
#PBS -l walltime=04:00:00
#PBS -v work=/scratch/YOU/cifar10
# (machines, and on each as many cores as ranks; the time limit; an existing folder that all machines
# see: it has data/, by `distrain data fetch cifar10` in it, and gets runs/)

#PBS -N cifar10
#PBS -j oe
#PBS -r y

cd "${work:?is the folder of the run}"
# shellcheck source=cluster-configs/lib/job.sh
source "$(dirname -- "$(command -v distrain)")/../share/distrain/job.sh"

# Users may not requeue a running job: it submits itself once more, from the folder where it was.
# One job of an array goes back alone, with its number.
requeue() (
    cd "$PBS_O_WORKDIR"
    index=$(job_index)
    if [[ -z $index ]]; then
        qsub pbs.sh
    else
        sed '/^#PBS -J/d' pbs.sh | qsub -v "work=$work,JOB_INDEX=$index"
    fi
)

# 512 images in microbatches of 32 are work for up to 16 ranks. The run has one name, and
# --resume auto goes on with what it has left: a job that starts again needs no other command.
# There is no signal before the limit, so the run ends itself ten minutes before the walltime.
job_run train --dataset cifar10 --model resnet18 --epochs 30 --batch-size 512 --microbatch 32 \
    --output runs/resnet18 --resume auto --max-time 3h50m
