extension NetworkDescription {
    /// Three times a 3×3 convolution of 64 channels with batch normalisation, ReLU and pooling, then
    /// 512 units with ReLU.
    ///
    /// - Parameters:
    ///   - input: The shape of one image, at least 8×8.
    ///   - classCount: The number of classes.
    /// - Returns: The network.
    public static func cifarNet(input: FeatureShape, classCount: Int) -> NetworkDescription {
        var network = NetworkDescription("cifar-net", input: input)
        for number in 0..<3 {
            network.append(
                Convolution(channels: 64, kernel: 3, padding: 1), named: "convs.\(number)")
            network.append(BatchNorm(), named: "bns.\(number)")
            network.append(ReLU())
            network.append(MaxPool(2))
        }
        network.append(Flatten())
        network.append(Dense(512), named: "fc1")
        network.append(ReLU())
        network.append(Dense(classCount), named: "fc2")
        return network
    }
}
