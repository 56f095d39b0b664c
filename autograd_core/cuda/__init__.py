"""`torch.cuda`: there is no such device, and each name says so. Imports devices."""

from __future__ import annotations

from ..devices import absent, as_it_is, named, no, none, nothing

globals().update(named({
    no: "is_available is_initialized is_bf16_supported is_tf32_supported is_current_stream_capturing",
    none: "device_count memory_allocated max_memory_allocated memory_reserved max_memory_reserved memory_cached max_memory_cached",
    nothing: "manual_seed manual_seed_all seed seed_all synchronize empty_cache reset_peak_memory_stats reset_max_memory_allocated ipc_collect",
    as_it_is: "stream",
    absent: "current_device set_device get_device_name get_device_properties get_device_capability init current_stream default_stream Stream "
            "Event mem_get_info memory_stats get_rng_state set_rng_state set_rng_state_all FloatTensor DoubleTensor HalfTensor LongTensor",
}))  # fmt: skip


class OutOfMemoryError(RuntimeError):
    """The memory of a device ran out: never raised."""


def get_rng_state_all() -> list[object]:
    """The random states of all devices: none."""
    return []
