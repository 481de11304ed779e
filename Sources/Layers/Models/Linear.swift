extension NetworkDescription {
    /// One dense layer; linear and logistic regression and linear support vector machines differ in
    /// their loss alone.
    ///
    /// Weights and bias begin at 0, as the losses are convex and every start leads to the same end.
    ///
    /// - Parameters:
    ///   - name: The network's name.
    ///   - input: The shape of one sample.
    ///   - outputCount: The number of outputs.
    /// - Returns: The network.
    public static func linear(
        _ name: String, input: FeatureShape, outputCount: Int
    ) -> NetworkDescription {
        var network = NetworkDescription(name, input: input)
        network.flattenInput()
        network.appendLinearOutput(outputCount)
        return network
    }

    /// A support vector machine with the kernel exp(−γ ‖x − y‖²), by random Fourier features: a
    /// frozen layer √(2/D) · cos(W x + b) with D features, and a linear machine on them.
    ///
    /// W is normal with deviation √(2γ), b uniform in ±π; both are functions of the seed, and are
    /// stored with the model.
    ///
    /// Source: Rahimi & Recht 2007, algorithm 1; scikit-learn's `RBFSampler`.
    ///
    /// - Parameters:
    ///   - input: The shape of one sample.
    ///   - outputCount: The number of outputs.
    ///   - settings: The number of features and γ.
    /// - Returns: The network.
    public static func kernelMachine(
        input: FeatureShape, outputCount: Int, settings: ModelSettings
    ) -> NetworkDescription {
        let featureCount = settings.kernelFeatures
        let deviation = Float((2 * settings.kernelGamma).squareRoot())
        var network = NetworkDescription("svm", input: input)
        network.flattenInput()
        network.append(
            Dense(
                featureCount, isFrozen: true, initialWeight: .normal(deviation: deviation),
                initialBias: .uniform(bound: .pi)), named: "features")
        network.append(Cosine())
        network.append(Scale((2 / Float(featureCount)).squareRoot()))
        network.appendLinearOutput(outputCount)
        return network
    }

    /// Dense layers with ReLU between them; with an output scale its outputs are of that size, so
    /// that steps of a usual length are right for values of any size.
    ///
    /// - Parameters:
    ///   - input: The shape of one sample.
    ///   - outputCount: The number of outputs.
    ///   - settings: The lengths of the hidden layers, and the output scale.
    /// - Returns: The network.
    public static func multilayerPerceptron(
        input: FeatureShape, outputCount: Int, settings: ModelSettings
    ) -> NetworkDescription {
        var network = NetworkDescription("mlp", input: input)
        network.flattenInput()
        for (number, length) in settings.hidden.enumerated() {
            network.append(Dense(length), named: "fc\(number + 1)")
            network.append(ReLU())
        }
        network.append(Dense(outputCount), named: "fc\(settings.hidden.count + 1)")
        if let scale = settings.outputScale {
            network.append(Scale(scale.deviation, offset: scale.mean))
        }
        return network
    }

    /// Orders the pixels of images as files do; rows of tables are vectors already.
    private mutating func flattenInput() {
        if !inputShape.isVector { append(Flatten()) }
    }

    private mutating func appendLinearOutput(_ outputCount: Int) {
        append(
            Dense(outputCount, initialWeight: .constant(0), initialBias: .constant(0)),
            named: "linear")
    }
}
