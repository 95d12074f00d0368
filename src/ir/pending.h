#pragma once
#include "ir/node.h"

/// How nodes come and go. The graph lock is held by every caller.
namespace koine::ir {

/// A node without an op and with room for so many operands. Each output counts one handle, which the caller adopts.
Node* new_node(size_t operands, std::span<const TypeRef> types, std::source_location where);
void add_operand(Node* node, Out* operand);
void drop_operands(Node* node);
/// Ends one use; the node goes with the last use of its last output, and so do operands that nobody else has.
void drop_use(Out* out);
/// Frees a node that died while its program ran.
void free_if_dead(Node* node);

/// A tape that is active on this thread takes the node's operands into its history.
bool keep_history(Node* node);

/// Adds a node with operands to the pending work that these belong to.
void join_component(Node* node);
/// All pending nodes of both become one component.
Component* merge(Component* a, Component* b);
/// Takes a node out of its component.
void leave_component(Node* node);
/// The node is due to be evaluated by its size or its content.
bool should_cut(const Component& component);

/// What a run changes: the nodes stay as they are until it has ended one way or the other.
void begin_run(std::span<Node* const> nodes);
/// The nodes have their values; operands are dropped unless history is kept.
void end_run(std::span<Node* const> nodes);
/// The nodes are pending as before.
void fail_run(std::span<Node* const> nodes);
/// Gives up the lock until some run has ended.
void wait_for_a_run();

}  // namespace koine::ir
