extension NetworkDescription {
    /// Two 3×3 convolutions of 32 and 64 channels, each with ReLU and pooling, then 128 units with
    /// ReLU and dropout 0.5.
    ///
    /// - Parameters:
    ///   - input: The shape of one image, at least 4×4.
    ///   - classCount: The number of classes.
    ///   - dropoutRate: The probability with which a unit is left out.
    /// - Returns: The network.
    public static func mnistCNN(
        input: FeatureShape, classCount: Int, dropoutRate: Float = 0.5
    ) -> NetworkDescription {
        var network = NetworkDescription("mnist-cnn", input: input)
        for (number, channels) in [32, 64].enumerated() {
            network.append(
                Convolution(channels: channels, kernel: 3, padding: 1), named: "conv\(number + 1)")
            network.append(ReLU())
            network.append(MaxPool(2))
        }
        network.append(Flatten())
        network.append(Dense(128), named: "fc1")
        network.append(ReLU())
        network.append(Dropout(dropoutRate), named: "dropout")
        network.append(Dense(classCount), named: "fc2")
        return network
    }
}
