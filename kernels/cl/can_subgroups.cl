// Capability: subgroups. Each adds its work-items' ones, which must give its own size.
#include "can.clh"

#pragma OPENCL EXTENSION cl_khr_subgroups : enable

CAN_KERNEL can_subgroups(CAN_ARGUMENTS) {
    const uint i = get_global_id(0);
    output[i] = input[i] * (sub_group_reduce_add(1u) == get_sub_group_size());
}
