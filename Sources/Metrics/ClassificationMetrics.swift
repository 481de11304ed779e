extension Metric {
    /// The fraction of samples whose class had the largest score.
    public static let accuracy = Metric("accuracy", .maximize, .counts { $0.accuracy })

    /// The mean recall over the classes that have samples.
    static let balancedAccuracy = Metric(
        "balanced_accuracy", .maximize, .counts { $0.balancedAccuracy })

    /// The fraction of samples whose class was among the k with the largest scores.
    ///
    /// - Parameter k: At least 2.
    /// - Returns: A metric for more classes than k: with fewer it would be 1 whatever the model does.
    public static func topAccuracy(_ k: Int) -> Metric {
        Metric(
            "top\(k)_accuracy", .maximize, classCounts: k + 1...Int.max,
            .counts { $0.topAccuracy(k) })
    }

    /// Reads the name of a top-k accuracy, such as `top3_accuracy`.
    ///
    /// - Parameter name: The name.
    /// - Returns: The metric, or nil if it is no such name.
    static func topAccuracy(named name: String) -> Metric? {
        let digits = name.dropFirst("top".count).dropLast("_accuracy".count)
        guard let k = Int(digits), (2..<Int.max).contains(k) else { return nil }
        let metric = topAccuracy(k)
        return metric.name == name ? metric : nil
    }

    /// Precision, recall and F1, each plain and with its averages.
    ///
    /// The plain name means the positive class where there are two classes, and the macro average
    /// where there are more.
    static let classScores: [Metric] = [
        scores("precision") { $0.precision }, scores("recall") { $0.recall },
        scores("f1") { $0.f1 },
    ].flatMap { $0 }

    private static func scores(
        _ name: String, _ value: @escaping @Sendable (ClassScores) -> Double
    ) -> [Metric] {
        let plain = Metric(
            name, .maximize,
            .counts { value($0.scores($0.classCount == 2 ? .binary : .macro)) })
        return [plain]
            + ClassAverage.allCases.map { average in
                Metric(
                    "\(name)_\(average.rawValue)", .maximize,
                    classCounts: average == .binary ? 2...2 : 1...Int.max,
                    .counts { value($0.scores(average)) })
            }
    }
}
