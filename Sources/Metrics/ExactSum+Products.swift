extension ExactSum {
    /// Adds the product of two numbers without rounding it.
    ///
    /// Exact where the product and the rounding error of it are in the range of `Double`.
    ///
    /// - Parameters:
    ///   - first: A number.
    ///   - second: Another one.
    public mutating func add(product first: Double, _ second: Double) {
        let product = first * second
        add(product)
        if product.isFinite { add((-product).addingProduct(first, second)) }
    }

    /// Numbers of falling magnitude whose sum is exactly this one; NaN or an infinity alone where
    /// the sum is.
    public var parts: [Double] {
        var rest = self
        var parts: [Double] = []
        while true {
            let part = rest.value
            if part == 0 { return parts }
            parts.append(part)
            if !part.isFinite { return parts }
            rest.add(-part)
        }
    }
}
