#!/usr/bin/env bash
# ResNet-18 on CIFAR-10 under LSF.
# Edit the next three lines, then: bsub < lsf.sh
#BSUB -n 16
#BSUB -R "span[ptile=8]"
#BSUB -cwd /scratch/YOU/cifar10
# (ranks, one a core; how many on each machine; an existing folder that all machines see: it has
# data/, by `distrain data fetch cifar10` in it, and gets runs/)

#BSUB -J cifar10
#BSUB -W 4:00
#BSUB -o cifar10-%J.log
# Five minutes before the limit the job gets SIGUSR1; a job that exits with 75 runs again.
#BSUB -wa USR1
#BSUB -wt 5
#BSUB -Q "75"
#BSUB -r

# shellcheck source=cluster-configs/lib/job.sh
source "$(dirname -- "$(command -v distrain)")/../share/distrain/job.sh"

warning=USR1
# Exiting with 75 requeues; another code ends that.
stop_code=1

# 512 images in microbatches of 32 are work for up to 16 ranks. The run has one name, and
# --resume auto goes on with what it has left: a job that starts again needs no other command.
job_run train --dataset cifar10 --model resnet18 --epochs 30 --batch-size 512 --microbatch 32 \
    --output runs/resnet18 --resume auto
