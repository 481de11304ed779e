import Training

/// Writes predictions as text, one a line.
struct PredictionWriter {
    /// The form of the text.
    enum Format {
        /// Comma-separated values with a header.
        case csv
        /// One JSON object a line.
        case json
    }

    private struct Row: Encodable {
        let file: String
        let index: Int
        let label: Int
        let name: String
        let probabilities: [Float]

        enum CodingKeys: String, CodingKey {
            case file, index, probabilities
            case label = "class"
            case name = "class_name"
        }
    }

    /// The names of the classes.
    let classNames: [String]
    /// The form of the text.
    let format: Format

    /// What stands before the first row.
    var header: String {
        switch format {
        case .csv: csvLine(["file", "index", "class", "class_name"] + classNames)
        case .json: ""
        }
    }

    /// The text of a file's predictions.
    ///
    /// - Parameters:
    ///   - predictions: The predictions in the order of the images.
    ///   - file: The file.
    /// - Returns: One line a prediction.
    /// - Throws: If a probability is NaN or infinite and cannot be written as JSON.
    func rows(_ predictions: [Prediction], file: String) throws -> String {
        try predictions.enumerated().map { index, prediction in
            try row(prediction, index: index, file: file)
        }.joined()
    }

    private func row(_ prediction: Prediction, index: Int, file: String) throws -> String {
        let name = classNames[prediction.label]
        switch format {
        case .csv:
            return csvLine(
                [file, "\(index)", "\(prediction.label)", name]
                    + prediction.probabilities.map(\.description))
        case .json:
            let row = Row(
                file: file, index: index, label: prediction.label, name: name,
                probabilities: prediction.probabilities)
            return try jsonLine(row) + "\n"
        }
    }
}
