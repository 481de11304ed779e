extension Loss {
    /// Computes the loss of images that are mixed of two, and its gradient.
    ///
    /// The loss of an image is share · loss(label) + (1 − share) · loss(partner's label); it counts as
    /// correct if the class with the largest output is that of the larger share.
    ///
    /// Source: Zhang et al. 2018.
    ///
    /// - Parameters:
    ///   - outputs: The network's outputs, [imageCount, outputCount].
    ///   - labels: Each image's class, [imageCount].
    ///   - partnerLabels: The class of what each image is mixed with, [imageCount].
    ///   - shares: The share of each image in its mixture, 0 to 1, [imageCount].
    ///   - imageCount: The number of images, at least 1.
    ///   - outputCount: The length of one output.
    ///   - gradients: Where the gradient of the sum goes, [imageCount, outputCount].
    ///   - scratch: `scratchCount(imageCount:outputCount:)` floats for two images.
    /// - Returns: The sum of the losses and the number of correct images.
    public func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        partnerLabels: UnsafePointer<Int32>, shares: UnsafePointer<Float>, imageCount: Int,
        outputCount: Int, gradients: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) -> LossValue {
        var sum = 0.0
        var correctCount = 0
        let partnerGradient = scratch
        let rest = scratch + outputCount
        for image in 0..<imageCount {
            let share = shares[image]
            let gradient = gradients + image * outputCount
            func value(
                _ label: UnsafePointer<Int32>, _ gradient: UnsafeMutablePointer<Float>
            ) -> LossValue {
                withUnsafePointer(to: Float(label.pointee)) {
                    evaluate(
                        outputs + image * outputCount, labels: label, targets: $0, imageCount: 1,
                        outputCount: outputCount, gradients: gradient, scratch: rest)
                }
            }
            let own = value(labels + image, gradient)
            let partner = value(partnerLabels + image, partnerGradient)
            for index in 0..<outputCount {
                gradient[index] = share * gradient[index] + (1 - share) * partnerGradient[index]
            }
            sum += Double(share * own.sum + (1 - share) * partner.sum)
            correctCount += share >= 0.5 ? own.correctCount : partner.correctCount
        }
        return LossValue(sum: Float(sum), correctCount: correctCount)
    }
}
