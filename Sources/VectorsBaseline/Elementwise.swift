import CVector
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func activate(
        _ x: UnsafePointer<Float>, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>, count: Int
    ) {
        switch activation {
        case .identity: activate(IdentityActivation.self, x, y, count)
        case .relu: activate(ReLUActivation.self, x, y, count)
        case .gelu: activate(GELUActivation.self, x, y, count)
        }
    }

    @inline(__always)
    private static func activate<Activation: VectorActivation>(
        _: Activation.Type, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
        _ count: Int
    ) {
        forEachVector(of: count) { start, lanes in
            store(Activation.value(load(x + start, lanes)), y + start, lanes)
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func activationGradient(
        at x: UnsafePointer<Float>, _ activation: FusedActivation,
        outputGradient dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>, count: Int
    ) {
        switch activation {
        case .identity: activationGradient(IdentityActivation.self, x, dy, dx, count)
        case .relu: activationGradient(ReLUActivation.self, x, dy, dx, count)
        case .gelu: activationGradient(GELUActivation.self, x, dy, dx, count)
        }
    }

    @inline(__always)
    private static func activationGradient<Activation: VectorActivation>(
        _: Activation.Type, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        _ dx: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        forEachVector(of: count) { start, lanes in
            let gradient = Activation.gradient(load(dy + start, lanes), at: load(x + start, lanes))
            store(gradient, dx + start, lanes)
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func add(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>, count: Int
    ) {
        switch activation {
        case .identity: add(IdentityActivation.self, a, b, y, count)
        case .relu: add(ReLUActivation.self, a, b, y, count)
        case .gelu: add(GELUActivation.self, a, b, y, count)
        }
    }

    @inline(__always)
    private static func add<Activation: VectorActivation>(
        _: Activation.Type, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        forEachVector(of: count) { start, lanes in
            let sum = load(a + start, lanes) + load(b + start, lanes)
            store(Activation.value(sum), y + start, lanes)
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func accumulate(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int
    ) {
        forEachVector(of: count) { start, lanes in
            store(load(y + start, lanes) + load(x + start, lanes), y + start, lanes)
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func scale(
        _ x: UnsafePointer<Float>, by factor: Float, into y: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        let factor = Vector(repeating: factor)
        forEachVector(of: count) { start, lanes in
            store(factor * load(x + start, lanes), y + start, lanes)
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func multiply(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, count: Int
    ) {
        forEachVector(of: count) { start, lanes in
            store(load(a + start, lanes) * load(b + start, lanes), y + start, lanes)
        }
    }
}
