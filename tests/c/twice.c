/* The header stands alone and may be included twice, as C and as C++. */
#include "graph_devices.h"
#include "graph_devices.h"

int main(void) { return GRAPH_STATUS_OK; }
