#!/usr/bin/env bash
# ResNet-18 on CIFAR-10 under Grid Engine.
# Edit the next three lines, then: qsub gridengine.sh
#$ -pe ompi 16
#$ -l h_rt=04:00:00
#$ -wd /scratch/YOU/cifar10
# (the parallel environment, as `qconf -spl` lists them, and the ranks, one a core; the time limit,
# ten minutes after --max-time at the end; an existing folder that all machines see: it has data/,
# by `distrain data fetch cifar10` in it, and gets runs/)

#$ -S /bin/bash
#$ -N cifar10
#$ -j y
#$ -V
# SIGUSR2 comes before the job is killed, SIGUSR1 before it is suspended, as long before as the queue's
# `notify` says; both let it checkpoint and run again.
#$ -notify
#$ -r y

# shellcheck source=cluster-configs/lib/job.sh
source "$(dirname -- "$(command -v distrain)")/../share/distrain/job.sh"

warning='USR2 USR1'
# A job that exits with 99 runs again.
requeue_code=99

# 512 images in microbatches of 32 are work for up to 16 ranks. The run has one name, and
# --resume auto goes on with what it has left: a job that starts again needs no other command.
# Grid Engine does not run a job again that met h_rt, even if it checkpointed at the signal and
# exits with 99, so the run ends itself ten minutes before the limit.
job_run train --dataset cifar10 --model resnet18 --epochs 30 --batch-size 512 --microbatch 32 \
    --output runs/resnet18 --resume auto --max-time 3h50m
