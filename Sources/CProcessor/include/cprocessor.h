// What this processor can do, which Swift cannot ask.
#ifndef CPROCESSOR_H
#define CPROCESSOR_H

// The highest x86-64 level (1 to 4 of the psABI's micro-architecture levels) whose instructions
// both the processor and the system support; 0 on other architectures.
int cprocessor_x86_64_level(void);

#endif
