/// The places of everything that a network computes with.
struct NetworkPlan {
    let layout: ParameterLayout
    let nodes: [NodePlan]
    let outputShape: FeatureShape
    /// Floats of the arena that holds activations, what layers save, and gradients.
    let arenaCount: Int
    /// Floats of the largest scratch memory of any layer.
    let scratchCount: Int
    /// Floats of what layers prepare from the parameters.
    let preparedCount: Int
    /// The floats of that for each layer.
    let preparedCounts: [Int]

    /// Plans a network.
    ///
    /// - Parameters:
    ///   - description: The layers, already fused.
    ///   - batch: The most images of a pass.
    ///   - mode: Whether passes will train.
    ///   - preparedMode: For what the memory of prepared parameters is planned.
    /// - Throws: `Failure` with `usage` if the layers do not fit together.
    init(
        _ description: NetworkDescription, batch: Int, mode: PassMode, preparedMode: PassMode
    ) throws {
        let nodes = description.nodes
        precondition(!nodes.isEmpty, "network \(description.name) has no layers")
        let shapes = try description.shapes()
        let inputShapes = nodes.map { node in
            node.inputs.map { $0.index.map { shapes[$0] } ?? description.inputShape }
        }
        var layout = ParameterLayout()
        var slots: [(parameters: [Int], statistics: [Int], trained: [Bool])] = []
        for (node, inputs) in zip(nodes, inputShapes) {
            let parameters = node.layer.parameters(for: inputs)
            slots.append(
                (
                    layout.append(parameters, prefix: node.name),
                    layout.append(node.layer.statistics(for: inputs), prefix: node.name),
                    parameters.map(\.isTrainable)
                ))
        }
        let requests = zip(nodes, inputShapes).map {
            $0.layer.memory(for: $1, batch: batch, mode: mode)
        }

        let preparedCounts = zip(nodes, inputShapes).map {
            $0.layer.memory(for: $1, batch: batch, mode: preparedMode).preparedCount
        }
        var prepared: [Int] = []
        var preparedCount = 0
        for count in preparedCounts {
            prepared.append(preparedCount)
            preparedCount += aligned(count)
        }

        var memory = MemoryPlan()
        let outputs = shapes.indices.map { memory.add(count: batch * shapes[$0].count, at: $0) }
        let saved = requests.indices.map { memory.add(count: requests[$0].savedCount, at: $0) }
        Self.extendLifetimes(nodes, outputs: outputs, saved: saved, mode, in: &memory)
        let needed = Self.neededGradients(
            nodes, isTrainable: slots.map { $0.trained.contains(true) })
        let backward =
            mode == .training
            ? GradientPlan.make(
                nodes: nodes, shapes: shapes, needed: needed, batch: batch, memory: &memory)
            : nodes.map { _ in BackwardNode() }
        let (offsets, arenaCount) = memory.place()

        self.layout = layout
        self.arenaCount = arenaCount
        self.preparedCount = preparedCount
        self.preparedCounts = preparedCounts
        scratchCount = requests.map(\.scratchCount).max() ?? 0
        outputShape = shapes[nodes.count - 1]
        self.nodes = nodes.indices.map { index in
            NodePlan(
                name: nodes[index].name, layer: nodes[index].layer,
                inputShapes: inputShapes[index], outputShape: shapes[index],
                inputs: nodes[index].inputs.map { $0.index.map { offsets[outputs[$0]] } },
                output: offsets[outputs[index]], saved: offsets[saved[index]],
                prepared: prepared[index], parameters: slots[index].parameters,
                statistics: slots[index].statistics,
                trained: slots[index].trained,
                backward: backward[index].placed(at: offsets))
        }
    }

    /// Forward pass i has the moment i, the backward pass of node i the moment 2n − 1 − i.
    private static func extendLifetimes(
        _ nodes: [NetworkDescription.Node], outputs: [Int], saved: [Int], _ mode: PassMode,
        in memory: inout MemoryPlan
    ) {
        for (index, node) in nodes.enumerated() {
            let backward = 2 * nodes.count - 1 - index
            for input in node.inputs {
                guard let source = input.index else { continue }
                memory.extend(outputs[source], to: index)
                if mode == .training && node.layer.backwardReads.contains(.inputs) {
                    memory.extend(outputs[source], to: backward)
                }
            }
            if mode == .training {
                memory.extend(saved[index], to: backward)
                if node.layer.backwardReads.contains(.output) {
                    memory.extend(outputs[index], to: backward)
                }
            }
        }
    }

    /// A node's output gradient is needed if the node or any before it has something to train.
    private static func neededGradients(
        _ nodes: [NetworkDescription.Node], isTrainable: [Bool]
    ) -> [Bool] {
        var needed = isTrainable
        for (index, node) in nodes.enumerated() {
            let fromInputs = node.inputs.contains { $0.index.map { needed[$0] } ?? false }
            needed[index] = needed[index] || fromInputs
        }
        return needed
    }
}

extension BackwardNode {
    /// The same with offsets in the place of numbers of buffers.
    func placed(at offsets: [Int]) -> BackwardNode {
        guard isNeeded else { return self }
        var result = self
        result.outputGradient = offsets[outputGradient]
        result.copiedFrom = copiedFrom.map { offsets[$0] }
        result.inputGradients = inputGradients.map { gradient in
            var mode = gradient.mode
            if case .writeThenAdd(let sum) = mode { mode = .writeThenAdd(sum: offsets[sum]) }
            return InputGradient(
                target: gradient.target.map { offsets[$0] }, mode: mode,
                copiedFrom: gradient.copiedFrom.map { offsets[$0] })
        }
        return result
    }
}
