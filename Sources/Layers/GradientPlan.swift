/// Decides where each gradient of the backward pass lies, and which buffers may be shared.
///
/// Nodes are visited in the order of the backward pass. A node's gradient is `pending` from the
/// moment that its buffer is first written until the node's own backward pass; a buffer may be
/// overwritten only while no other pending gradient lies in it.
struct GradientPlan {
    private let nodes: [NetworkDescription.Node]
    private let shapes: [FeatureShape]
    private let needed: [Bool]
    private let batch: Int
    private var memory: MemoryPlan
    /// The buffer that holds each node's output gradient.
    private var bufferOf: [Int?]
    /// The nodes whose pending gradients lie in each buffer.
    private var pending: [Int: Set<Int>] = [:]
    private var plans: [BackwardNode]

    /// Plans the backward pass.
    ///
    /// - Parameters:
    ///   - nodes: The network.
    ///   - shapes: The shape of each node's output.
    ///   - needed: Whether each node's output gradient is needed.
    ///   - batch: Images of a microbatch.
    ///   - memory: Where the buffers are added.
    /// - Returns: The nodes' backward passes, with numbers of buffers where offsets will stand.
    static func make(
        nodes: [NetworkDescription.Node], shapes: [FeatureShape], needed: [Bool], batch: Int,
        memory: inout MemoryPlan
    ) -> [BackwardNode] {
        var plan = GradientPlan(
            nodes: nodes, shapes: shapes, needed: needed, batch: batch, memory: memory)
        plan.planLastNode()
        for index in nodes.indices.reversed() where needed[index] { plan.plan(index) }
        memory = plan.memory
        return plan.plans
    }

    private init(
        nodes: [NetworkDescription.Node], shapes: [FeatureShape], needed: [Bool], batch: Int,
        memory: MemoryPlan
    ) {
        self.nodes = nodes
        self.shapes = shapes
        self.needed = needed
        self.batch = batch
        self.memory = memory
        bufferOf = Array(repeating: nil, count: nodes.count)
        plans = nodes.map { node in
            BackwardNode(inputGradients: node.inputs.map { _ in InputGradient() })
        }
    }

    /// The moment of a node's backward pass; forward passes have the moments 0 ..< nodes.count.
    private func moment(of node: Int) -> Int { 2 * nodes.count - 1 - node }

    /// The loss writes the last node's gradient while that node's output is still there.
    private mutating func planLastNode() {
        let last = nodes.count - 1
        let buffer = newBuffer(for: last, at: last)
        bufferOf[last] = buffer
        pending[buffer] = [last]
    }

    private mutating func newBuffer(for node: Int, at moment: Int) -> Int {
        memory.add(count: batch * shapes[node].count, at: moment)
    }

    private mutating func plan(_ index: Int) {
        guard let buffer = bufferOf[index] else { return }
        let layer = nodes[index].layer
        pending[buffer]?.remove(index)
        memory.extend(buffer, to: moment(of: index))
        plans[index].isNeeded = true
        plans[index].outputGradient = buffer
        var isExclusive = pending[buffer, default: []].isEmpty
        if layer.modifiesOutputGradient && !isExclusive {
            plans[index].copiedFrom = buffer
            plans[index].outputGradient = newBuffer(for: index, at: moment(of: index))
            isExclusive = true
        }
        for (position, input) in nodes[index].inputs.enumerated() {
            guard let source = input.index, needed[source] else { continue }
            switch layer.gradientFlow(ofInput: position) {
            case .shared: planShared(index, position, source)
            case .separate: planSeparate(index, position, source, mayOverwrite: false)
            case .elementwise: planSeparate(index, position, source, mayOverwrite: isExclusive)
            }
        }
    }

    /// An input gradient that has values of its own.
    private mutating func planSeparate(
        _ index: Int, _ position: Int, _ source: Int, mayOverwrite: Bool
    ) {
        if bufferOf[source] != nil {
            plans[index].inputGradients[position] = addition(index, of: source)
        } else {
            let buffer =
                mayOverwrite
                ? plans[index].outputGradient : newBuffer(for: source, at: moment(of: index))
            plans[index].inputGradients[position].target = buffer
            assign(buffer, to: source, at: moment(of: index))
        }
    }

    /// An input gradient that is the output gradient, in that one's own buffer.
    private mutating func planShared(_ index: Int, _ position: Int, _ source: Int) {
        let values = plans[index].outputGradient
        plans[index].inputGradients[position].target = values
        if bufferOf[source] != nil {
            let (sum, copiedFrom) = exclusiveSum(of: source, at: moment(of: index))
            plans[index].inputGradients[position].mode = .writeThenAdd(sum: sum)
            plans[index].inputGradients[position].copiedFrom = copiedFrom
        } else {
            assign(values, to: source, at: moment(of: index))
        }
    }

    private mutating func assign(_ buffer: Int, to node: Int, at moment: Int) {
        bufferOf[node] = buffer
        pending[buffer, default: []].insert(node)
        memory.extend(buffer, to: moment)
    }

    private mutating func addition(_ index: Int, of source: Int) -> InputGradient {
        let (sum, copiedFrom) = exclusiveSum(of: source, at: moment(of: index))
        if nodes[index].layer.accumulatesInputGradient {
            return InputGradient(target: sum, mode: .accumulate, copiedFrom: copiedFrom)
        }
        let own = newBuffer(for: source, at: moment(of: index))
        return InputGradient(target: own, mode: .writeThenAdd(sum: sum), copiedFrom: copiedFrom)
    }

    /// The buffer of a node's gradient, for adding to it: where other pending gradients lie in the
    /// same buffer, the node first gets a copy of its own.
    private mutating func exclusiveSum(
        of node: Int, at moment: Int
    ) -> (sum: Int, copiedFrom: Int?) {
        guard let buffer = bufferOf[node] else { preconditionFailure("no gradient to add to") }
        memory.extend(buffer, to: moment)
        if pending[buffer] == [node] { return (buffer, nil) }
        pending[buffer]?.remove(node)
        let copy = newBuffer(for: node, at: moment)
        assign(copy, to: node, at: moment)
        return (copy, buffer)
    }
}
