"""Makes a template's code count its rounds and weigh what it builds; it decides nothing about limits.

jinja2 lets an environment name the class that writes its code. Nothing in a template can reach the calls that are
written here: they are made on the environment, which templates do not see.
"""

from __future__ import annotations

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, operators


class CountingCode(CodeGenerator):
    """The code of one template."""

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        """A loop; recursive calls of it go through the same body, and a condition is asked once for each item."""
        written = sum(len(data.data) for data in node.find_all(nodes.TemplateData))
        node.body.insert(0, nodes.ExprStmt(_environment(f"count_round({written})"), lineno=node.lineno))
        if node.test is not None:
            node.test = nodes.And(_environment("count_round(0)"), node.test, lineno=node.lineno)
        super().visit_For(node, frame)

    def visit_List(self, node: nodes.List, frame: Frame) -> None:
        """A list, weighed."""
        self.write("environment.weighed(")
        super().visit_List(node, frame)
        self.write(")")

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        """A dictionary, weighed."""
        self.write("environment.weighed(")
        super().visit_Dict(node, frame)
        self.write(")")

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:
        """A tuple, weighed; one that is assigned to is no value."""
        if node.ctx != "load":
            super().visit_Tuple(node, frame)
            return
        self.write("environment.weighed(")
        super().visit_Tuple(node, frame)
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        """Texts joined by `~`, checked before."""
        self.write("environment.concatenated((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        """A comparison: what it reads is counted."""
        self.write("(")
        self._counted(node.expr, frame)
        for operand in node.ops:
            self.write(f" {operators[operand.op]} ")
            self._counted(operand.expr, frame)
        self.write(")")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """A slice copies, so it is weighed; an item is only looked up."""
        if not isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame)
            return
        self.write("environment.weighed(")
        super().visit_Getitem(node, frame)
        self.write(")")

    def _counted(self, node: nodes.Node, frame: Frame) -> None:
        self.write("environment.weighed(")
        self.visit(node, frame)
        self.write(")")


def _environment(call: str) -> nodes.EnvironmentAttribute:
    """`environment.<call>` in the code; jinja2 has no other node that reaches the environment from a statement."""
    return nodes.EnvironmentAttribute(call)
