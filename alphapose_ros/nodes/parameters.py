# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The parameters of a node: declared, checked and updated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from dataclasses import replace
from typing import Any
from typing import Generic
from typing import TypeVar

from rcl_interfaces.msg import FloatingPointRange
from rcl_interfaces.msg import IntegerRange
from rcl_interfaces.msg import ParameterDescriptor
from rcl_interfaces.msg import SetParametersResult
from rclpy.exceptions import InvalidParameterTypeException
from rclpy.exceptions import InvalidParameterValueException
from rclpy.node import Node
from rclpy.parameter import Parameter

from alphapose_ros.core.parameters import find_fault
from alphapose_ros.core.parameters import ParameterError
from alphapose_ros.params import refuse_unknown

P = TypeVar('P')
# What rclpy itself takes.
BUILTIN = ('use_sim_time', 'start_type_description_service', 'qos_overrides.')


class Parameters(Generic[P]):
    """
    The parameters of a node. `value` is the present, immutable set; read it once per frame.

    :param node: the node to declare them on.
    :param params_type: the dataclass.
    :param on_change: called with the new set after a change.
    :raises ParameterError: if YAML or the command line gave a wrong name, type or value.
    """

    def __init__(
        self,
        node: Node,
        params_type: type[P],
        on_change: Callable[[P], None] = lambda value: None,
    ) -> None:
        overrides = node._parameter_overrides
        refuse_unknown(name for name in overrides if not name.startswith(BUILTIN))
        self._fields = {f.name: f for f in fields(params_type)}  # type: ignore[arg-type]
        self._on_change = on_change
        self.value = params_type(**{name: self._declare(node, name) for name in self._fields})
        node.add_on_set_parameters_callback(self._check)
        # Humble has no second callback: there the first one applies what it has checked.
        self._applies_in_check = not hasattr(node, 'add_post_set_parameters_callback')
        if not self._applies_in_check:
            node.add_post_set_parameters_callback(self._apply)

    def _declare(self, node: Node, name: str) -> Any:
        f = self._fields[name]
        descriptor = ParameterDescriptor(
            name=name, description=f.metadata['doc'], read_only=f.metadata['read_only']
        )
        if f.metadata['choices']:
            descriptor.additional_constraints = 'one of ' + ', '.join(f.metadata['choices'])
        if f.metadata['bounds']:
            low, high = f.metadata['bounds']
            if isinstance(f.default, float):
                descriptor.floating_point_range = [
                    FloatingPointRange(from_value=low, to_value=high)
                ]
            else:
                descriptor.integer_range = [IntegerRange(from_value=low, to_value=high, step=1)]
        try:
            value = node.declare_parameter(name, f.default, descriptor).value
        except (InvalidParameterTypeException, InvalidParameterValueException) as err:
            given = node._parameter_overrides[name].value
            raise ParameterError(find_fault(f, given) or f'parameter {name}: {err}') from err
        fault = find_fault(f, value)
        if fault:
            raise ParameterError(fault)
        return value

    def _check(self, parameters: list[Parameter]) -> SetParametersResult:
        """Judge a whole batch: all are applied, or none."""
        for parameter in parameters:
            if parameter.name in self._fields:
                fault = find_fault(self._fields[parameter.name], parameter.value)
                if fault:
                    return SetParametersResult(successful=False, reason=fault)
        if self._applies_in_check:
            self._apply(parameters)
        return SetParametersResult(successful=True)

    def _apply(self, parameters: list[Parameter]) -> None:
        changes = {p.name: p.value for p in parameters if p.name in self._fields}
        if changes:
            self.value = replace(self.value, **changes)  # type: ignore[type-var]
            self._on_change(self.value)
