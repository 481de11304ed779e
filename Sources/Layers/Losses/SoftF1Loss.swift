import Kernels

/// One minus the F1 score with probabilities in place of decisions, the mean over the classes that
/// occur in a microbatch.
///
/// The score of a class is 2 t / (p + n): t adds up its probability over its own images, p over all
/// images, and n counts its own images. It is no sum over images: it depends on which images share a
/// microbatch, and therefore on the microbatch's size (though never on the number of ranks). The
/// value of a microbatch counts once for each of its images.
///
/// Probabilities are the softmax of the outputs, one for each class.
///
/// Source: Eban et al. 2017, "Scalable learning of non-decomposable objectives", for the idea.
public struct SoftF1Loss: Loss {
    /// Creates a loss.
    public init() {}

    /// True.
    public var scoresAreLogits: Bool { true }

    /// False.
    public var isSumOverImages: Bool { false }

    /// Computes the loss, times the number of images, and its gradient.
    public func evaluate(
        _ outputs: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        targets: UnsafePointer<Float>, imageCount: Int, outputCount classCount: Int,
        gradients: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>
    ) -> LossValue {
        let probabilities = scratch
        Vectors.kernels.softmax(
            outputs, rows: imageCount, columns: classCount, into: probabilities,
            logNormalizers: scratch + imageCount * classCount)
        var correctCount = 0
        for image in 0..<imageCount {
            let row = outputs + image * classCount
            if indexOfLargest(row, count: classCount) == Int(labels[image]) { correctCount += 1 }
        }
        // On the stack, up to some hundred classes.
        let score = withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * classCount) {
            guard let memory = $0.baseAddress else { return 0.0 }
            let sums = Sums(memory, classCount: classCount)
            sums.add(probabilities, labels: labels, imageCount: imageCount)
            let score = sums.meanScore
            guard let gradients else { return score }
            sums.prepareSlopes(scale: -Double(imageCount))
            for image in 0..<imageCount {
                sums.writeGradient(
                    probabilities + image * classCount, label: Int(labels[image]),
                    into: gradients + image * classCount)
            }
            return score
        }
        return LossValue(sum: Float(Double(imageCount) * (1 - score)), correctCount: correctCount)
    }
}

/// What a microbatch's scores are made of, for each class.
private struct Sums {
    let memory: UnsafeMutablePointer<Float>
    let classCount: Int

    init(_ memory: UnsafeMutablePointer<Float>, classCount: Int) {
        self.memory = memory
        self.classCount = classCount
    }

    /// The probability of a class over its own images; later what one more of it is worth there.
    private var own: UnsafeMutablePointer<Float> { memory }
    /// The probability of a class over all images, and the number of its own; later what one more of
    /// it costs anywhere.
    private var all: UnsafeMutablePointer<Float> { memory + classCount }
    /// The number of a class's own images.
    private var counts: UnsafeMutablePointer<Float> { memory + 2 * classCount }

    func add(
        _ probabilities: UnsafePointer<Float>, labels: UnsafePointer<Int32>, imageCount: Int
    ) {
        memory.update(repeating: 0, count: 3 * classCount)
        for image in 0..<imageCount {
            let row = probabilities + image * classCount
            let label = Int(labels[image])
            own[label] += row[label]
            all[label] += 1
            counts[label] += 1
            for index in 0..<classCount { all[index] += row[index] }
        }
    }

    private var presentCount: Double {
        (0..<classCount).reduce(0) { counts[$1] > 0 ? $0 + 1 : $0 }
    }

    /// The mean over the classes that occur.
    var meanScore: Double {
        var sum: Double = 0
        for index in 0..<classCount where counts[index] > 0 {
            sum += 2 * Double(own[index]) / Double(all[index])
        }
        return sum / presentCount
    }

    /// Turns the sums into the derivatives of the mean score, times a factor, with respect to a
    /// probability: `own` is added for an image of the class, `all` for any image.
    func prepareSlopes(scale: Double) {
        let share = scale / presentCount
        for index in 0..<classCount {
            let (t, total) = (Double(own[index]), Double(all[index]))
            let isPresent = counts[index] > 0
            own[index] = isPresent ? Float(share * 2 / total) : 0
            all[index] = isPresent ? Float(share * -2 * t / (total * total)) : 0
        }
    }

    /// Takes the derivatives back through the softmax of one image.
    func writeGradient(
        _ probabilities: UnsafePointer<Float>, label: Int,
        into gradient: UnsafeMutablePointer<Float>
    ) {
        var mean: Float = 0
        for index in 0..<classCount {
            let slope = all[index] + (index == label ? own[index] : 0)
            gradient[index] = slope
            mean += slope * probabilities[index]
        }
        for index in 0..<classCount {
            gradient[index] = probabilities[index] * (gradient[index] - mean)
        }
    }
}
