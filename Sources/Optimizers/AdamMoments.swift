/// The two running means of Adam, AdamW and LAMB, and the step they lead to in the first two.
struct AdamMoments: Sendable {
    let beta1: Double
    let beta2: Double
    let epsilon: Double

    static let settingNames: [OptimizerSettings.Name] = [.beta1, .beta2, .epsilon]
    static let slotNames = ["exp_avg", "exp_avg_sq"]

    init(_ settings: OptimizerSettings, epsilon: Double = 1e-8) throws {
        beta1 = try checkedDecay(settings.beta1 ?? 0.9, .beta1)
        beta2 = try checkedDecay(settings.beta2 ?? 0.999, .beta2)
        self.epsilon = try checkedEpsilon(settings.epsilon ?? epsilon)
    }

    /// Updates the slice.
    ///
    /// - Parameters:
    ///   - slice: The parameters, gradients and slots.
    ///   - step: The settings of this step.
    ///   - coupledDecay: Times the parameter, added to the gradient.
    ///   - shrinkage: Times the parameter, taken from it before the step.
    @inline(__always)
    func update(
        _ slice: ParameterSlice, _ step: StepSettings, coupledDecay: Double, shrinkage: Double
    ) {
        // The mean moves by its distance to the new gradient, as torch.lerp does.
        let meanShare = Float(1 - beta1)
        let squareDecay = Float(beta2)
        let squareShare = Float(1 - beta2)
        let stepSize = Float(step.learningRate / (1 - power(beta1, step.step)))
        let rootCorrection = Float((1 - power(beta2, step.step)).squareRoot())
        let epsilon = Float(epsilon)
        let scale = Float(step.gradientScale)
        let decay = Float(coupledDecay)
        let kept = Float(1 - shrinkage)
        slice.forEachVector(slotCount: 2) { parameter, gradient, slots in
            let gradient = gradient * scale + parameter * decay
            slots.first += (gradient - slots.first) * meanShare
            slots.second = slots.second * squareDecay + gradient * gradient * squareShare
            let divisor = slots.second.squareRoot() / rootCorrection + epsilon
            // Without epsilon, what never had a gradient would divide zero by zero.
            let change = (stepSize * slots.first / divisor).replacing(with: 0, where: divisor .== 0)
            parameter = parameter * kept - change
        }
    }
}

/// A number to a power of at least 0, by repeated squaring, with the same bits everywhere.
func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
